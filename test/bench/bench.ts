/**
 * Measures the command beside other tools on this machine, and holds it to its floors: ends with 1 when one is
 * missed. `npm run bench -- [--quick] [--older CHECKOUT] [SECTION...]` bundles and runs it.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Finding } from './findings.ts';
import { Place, type Sizes } from './place.ts';
import { ONLY_NAMED, SECTIONS } from './sections.ts';

const FULL: Sizes = {
  largeBytes: 1e9,
  smallBytes: 1e8,
  hugeBytes: 1e10,
  maxRows: 1e7,
  tableRows: 2e6,
  pairs: 3,
};
/** To see that everything runs; too small for most floors. */
const QUICK: Sizes = {
  largeBytes: 1e8,
  smallBytes: 2e7,
  hugeBytes: 2e8,
  maxRows: 1e4,
  tableRows: 5e4,
  pairs: 1,
};

process.exitCode = await runBench(process.argv.slice(2));

async function runBench(args: readonly string[]): Promise<number> {
  const { values, positionals: wanted } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, older: { type: 'string' } },
  });
  const isQuick = values.quick;
  const unknown = wanted.filter((name) => SECTIONS[name] === undefined);
  if (unknown.length > 0) {
    print(`no such section: ${unknown.join(', ')}; there are ${Object.keys(SECTIONS).join(', ')}`);
    return 2;
  }
  const place = await Place.open(isQuick ? QUICK : FULL, values.older);
  let missed = 0;
  try {
    print(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}`);
    for (const [name, section] of Object.entries(SECTIONS)) {
      if (wanted.length > 0 ? !wanted.includes(name) : ONLY_NAMED.includes(name)) continue;
      for await (const finding of section(place)) if (!report(finding, isQuick)) missed += 1;
    }
  } finally {
    await place.close();
  }
  print(missed === 0 ? 'Every floor holds.' : `Floors missed: ${missed}.`);
  return missed === 0 ? 0 : 1;
}

/** Prints a finding; says whether its floor, if it is judged, holds. */
function report({ name, value, unit, floor, detail }: Finding, isQuick: boolean): boolean {
  if (unit === 'missing') {
    print(`  - ${name}`);
    return true;
  }
  const isJudged = floor !== undefined && (!isQuick || floor.judgedSmall);
  const holds = value >= (floor?.least ?? -Infinity) && value <= (floor?.most ?? Infinity);
  const mark = isJudged ? (holds ? '✓' : '✗') : ' ';
  const number = unit === 'times' ? `${value.toFixed(2)} x` : `${value.toFixed(0)} ${unit}`;
  print(`  ${mark} ${name}: ${number}${bounds(floor)}${detail === undefined ? '' : `; ${detail}`}`);
  return !isJudged || holds;
}

function bounds(floor: Finding['floor']): string {
  const words = [
    ...(floor?.least === undefined ? [] : [`at least ${floor.least}`]),
    ...(floor?.most === undefined ? [] : [`at most ${floor.most}`]),
  ];
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
