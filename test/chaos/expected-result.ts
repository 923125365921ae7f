/** Checks what the program reports of each row against what the vendor has and what the witness recorded. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Counts } from '../../src/records.ts';
import type { Place } from './ledger-check.ts';
import type { Play } from './play.ts';
import type { ChaosRow, Scenario } from './scenario.ts';
import type { Witnessed } from './witness.ts';

export interface Evidence {
  scenario: Scenario;
  directory: string;
  counts: Counts;
  /** How often each row is at the vendor. */
  arrived: ReadonlyMap<number, number>;
  /** Rows that the program reports as unknown, by chunk. */
  inDoubt: readonly Place[];
  /** Chunks that were in flight, according to the ledger, when a process died. */
  inFlight: readonly Place[];
  requests: readonly Witnessed[];
}

/** Every contradiction found, one sentence each; empty when there is none. */
export async function reckon(evidence: Evidence): Promise<string[]> {
  const { scenario, counts, inDoubt } = evidence;
  const { play, rows } = scenario;
  const doubtful = new Set(numbersAt(inDoubt, rows));
  const problems = counts.read === rows.length ? [] : [`read ${counts.read} of ${rows.length} rows`];
  problems.push(...placesProblems(evidence, doubtful));
  if (!play.hasIds && play.isReadable) problems.push(...unknownProblems(evidence, play.isReadable));
  problems.push(...(await rejectProblems(evidence, doubtful)));
  if (play.output !== undefined) problems.push(...(await outputProblems(evidence, play.output)));
  return problems;
}

/** With ids: each good row once, and no other. Without: none twice, and what is accepted is there. */
function placesProblems({ scenario, counts, arrived }: Evidence, doubtful: ReadonlySet<number>): string[] {
  const { play, rows } = scenario;
  const timesOf = ({ number }: ChaosRow) => arrived.get(number) ?? 0;
  const isSure = ({ number }: ChaosRow) => !doubtful.has(number);
  const good = rows.filter(({ fate }) => fate === 'arrives');
  const problems = [
    ...list(
      'not there once',
      rows.filter((row) => ![0, 1].includes(timesOf(row))),
    ),
    ...list(
      'there although refused',
      rows.filter((row) => row.fate !== 'arrives' && timesOf(row) > 0),
    ),
  ];
  const missing = good.filter((row) => timesOf(row) === 0);
  if (play.hasIds) {
    problems.push(...list('missing', missing));
    if (counts.accepted !== good.length) problems.push(`accepted: ${JSON.stringify(counts)}`);
  } else if (play.isReadable) {
    problems.push(...list('missing, and not unknown', missing.filter(isSure)));
    const leftOut = rows.filter((row) => row.fate === 'left-out' && isSure(row)).length;
    const hidden = rows.filter(({ number, fate }) => doubtful.has(number) && fate !== 'refused-here').length;
    if (counts.unknown !== hidden + leftOut) {
      problems.push(`${hidden} in doubt and ${leftOut} left out: ${JSON.stringify(counts)}`);
    }
  } else {
    const there = good.length - missing.length;
    if (there < counts.accepted || there > counts.accepted + counts.unknown) {
      problems.push(`${there} are there: ${JSON.stringify(counts)}`);
    }
  }
  return problems;
}

/**
 * What is unknown is exactly what nobody can know: the rows of requests to which no readable reply came, and of chunks
 * whose intent a killed process had put down, and not their outcome. See docs/testing.md.
 */
function unknownProblems(
  { scenario, inDoubt, inFlight, requests, arrived }: Evidence,
  isReadable: (text: string) => boolean,
): string[] {
  const { rows } = scenario;
  const unanswered = requests.filter((request) => !isClear(request, isReadable));
  const expected = new Set([...unanswered.flatMap(({ numbers }) => numbers), ...numbersAt(inFlight, rows)]);
  const said = new Set(numbersAt(inDoubt, rows));
  const byFate = (row: ChaosRow) => row.fate !== 'refused-here';
  const candidates = rows.filter(byFate);
  return [
    ...list(
      'without an answer, and not unknown',
      candidates.filter(({ number }) => expected.has(number) && !said.has(number)),
    ),
    ...list(
      'unknown, although answered',
      candidates.filter(
        ({ number, fate }) =>
          said.has(number) && !expected.has(number) && (fate !== 'left-out' || arrived.has(number)),
      ),
    ),
  ];
}

/** Whether the reply says what became of the rows. A refusal is one by its status alone. */
function isClear({ status, text }: Witnessed, isReadable: (text: string) => boolean): boolean {
  if (status === undefined || status === 408) return false;
  if (status >= 300 && status < 500) return true;
  return text !== undefined && (status === 503 || (status < 300 && isReadable(text)));
}

/** Each refused row is in the rejects file once, with its description, unless its refusal could not be known. */
async function rejectProblems(
  { scenario, directory, counts }: Evidence,
  doubtful: ReadonlySet<number>,
): Promise<string[]> {
  const names = await readdir(directory, { recursive: true });
  const files = names.filter((name) => /(^|\/)rejected(\.|\/)/.test(name));
  const rows: string[] = [];
  const descriptions: string[] = [];
  for (const name of files) {
    const lines = (await readFile(join(directory, name), 'utf8')).split('\n').slice(0, -1);
    if (name.endsWith('.meta.ndjson')) descriptions.push(...lines);
    else rows.push(...lines.filter((line) => `${line}\n` !== scenario.play.layout.head));
  }
  const expected = scenario.rows
    .filter(({ fate, number }) =>
      fate === 'refused-there' ? !doubtful.has(number) : fate === 'refused-here',
    )
    .map(({ text }) => text);
  const problems: string[] = [];
  if (rows.sort().join('\n') !== expected.sort().join('\n') || rows.length !== counts.rejected) {
    problems.push(`${rows.length} rejects are kept, ${counts.rejected} counted, ${expected.length} expected`);
  }
  if (descriptions.length !== rows.length)
    problems.push(`${descriptions.length} descriptions of ${rows.length} rejects`);
  return problems;
}

interface AnswerLine {
  file: string;
  line: number;
  reply?: unknown;
  error?: string;
  unknown?: true;
}

/** Checks that the file of `--output` has one line per row sent, in input order, each with the outcome of its row. */
async function outputProblems({ scenario, directory, inDoubt }: Evidence, output: string): Promise<string[]> {
  const text = await readFile(join(directory, output), 'utf8').catch(() => '');
  const said = text.split('\n').slice(0, -1).map(describeAnswer);
  const doubtful = new Set(numbersAt(inDoubt, scenario.rows));
  const expected = scenario.rows
    .filter(({ fate }) => fate !== 'refused-here')
    .map(({ file, line, number, fate }) => {
      const kind = doubtful.has(number) ? 'unknown' : fate === 'arrives' ? 'reply' : 'error';
      return `${file}:${line} ${kind}`;
    });
  const wrong = expected.findIndex((line, index) => line !== said[index]);
  if (wrong === -1 && said.length === expected.length) return [];
  return [
    `answer ${wrong}: ${said[wrong] ?? 'none'} instead of ${expected[wrong] ?? 'none'}; ${said.length} of ${expected.length}`,
  ];
}

function describeAnswer(text: string): string {
  const { file, line, ...answer } = JSON.parse(text) as AnswerLine;
  return `${file}:${line} ${Object.keys(answer).join(' ')}`;
}

/** The rows in these places. */
function numbersAt(places: readonly Place[], rows: readonly ChaosRow[]): number[] {
  return rows
    .filter((row) =>
      places.some(({ file, from, to }) => file === row.file && from <= row.from && row.to <= to),
    )
    .map(({ number }) => number);
}

function list(what: string, rows: readonly ChaosRow[]): string[] {
  const shown = rows.slice(0, 8).map(({ number, fate }) => `${number} (${fate})`);
  return rows.length === 0 ? [] : [`${rows.length} rows ${what}: ${shown.join(', ')}`];
}

/** Whether the counts of an unfinished delivery agree with what a vendor without ids has so far. */
export function isWithin(counts: Counts, play: Play, there: number): boolean {
  if (play.hasIds || !play.isReadable) return true;
  return counts.accepted <= there && there <= counts.accepted + counts.unknown;
}
