/** `schedule verify`: checks that every day has its file. */
import { createInterface } from 'node:readline';
import { EXIT, Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { readDateRange } from '../../retrieval/dates/date-range.ts';
import {
  findCoverage,
  readListedFile,
  type Coverage,
  type ListedFile,
} from '../../vendors/scarf/schedules/listing.ts';
import type { ScheduleCall } from './call.ts';
import type { VerifySettings } from './options.ts';

/** Prints the days without a file; resolves to 3 when there are any. */
export async function runVerify({ settings, machine }: ScheduleCall<VerifySettings>): Promise<number> {
  const files: ListedFile[] = [];
  for await (const line of createInterface({ input: machine.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    const file = readListedFile(line);
    if (file !== undefined) files.push(file);
  }
  if (files.length === 0) {
    throw new Failure('usage', 'the listing contains no file of a scheduled export', {
      hint: 'aws s3 ls --recursive s3://BUCKET/PREFIX/ | scarf-cli schedule verify',
    });
  }
  const coverage = findCoverage(files, wantedDays(settings, machine.now()));
  const isWhole = coverage.every(({ empty, missing }) => missing.length === 0 && empty.length === 0);
  const exit = isWhole ? EXIT.ok : EXIT.rejected;
  if (settings.json) machine.stdout.write(`${JSON.stringify({ schema: 1, coverage, exit })}\n`);
  else writeText(coverage, machine);
  return exit;
}

function writeText(coverage: readonly Coverage[], machine: Machine): void {
  for (const { empty, files, first, kind, last, missing } of coverage) {
    for (const day of missing) machine.stdout.write(`${kind} ${day} missing\n`);
    for (const name of empty) machine.stdout.write(`${name} empty\n`);
    machine.stderr.write(
      `${kind}: ${files} files, ${first} to ${last}, ${missing.length} days missing, ${empty.length} files empty\n`,
    );
  }
}

function wantedDays({ from, to }: VerifySettings, nowMs: number): { from?: string; to?: string } {
  return {
    ...(from === undefined ? {} : { from: readDateRange({ from }, nowMs).from }),
    ...(to === undefined ? {} : { to: readDateRange({ to }, nowMs).to }),
  };
}
