/** One chaos run: the same command again and again while processes die and the vendor misbehaves, then the reckoning. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Counts } from '../../src/records.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { sentAgain } from './ledger-check.ts';
import { runChild, type Ended } from './processes.ts';
import { chanceOf, type Chance } from './random.ts';
import { chunkSize, scenarioOf, type End, type Scenario } from './scenario.ts';

/** Runs without faults after which a delivery must have ended. */
const maxLastTries = 6;

interface Report {
  counts: Counts;
  exit: number;
}

interface Scene {
  scenario: Scenario;
  sandbox: Sandbox;
  directory: string;
  program: string;
  chance: Chance;
  problems: string[];
  /** What each process did, for whoever looks into a failure. */
  history: string[];
}

/** Runs a seed; gives back what went wrong, and the history when anything did. */
export async function runChaos(seed: number, program: string): Promise<string[]> {
  const scenario = scenarioOf(seed);
  const directory = await mkdtemp(join(tmpdir(), 'scarf-cli-chaos-'));
  const chance = chanceOf(seed + 1_000_000);
  const vendorsChance = chanceOf(seed);
  const sandbox = await startSandbox({
    clock: Date.now,
    random: () => vendorsChance.next(),
    ...scenario.sandbox,
  });
  const scene: Scene = { scenario, sandbox, directory, program, chance, problems: [], history: [] };
  try {
    for (const { name, bytes } of scenario.files) await writeFile(join(directory, name), bytes);
    for (const end of scenario.ends) await runOnce(scene, end);
    sandbox.faults.clear();
    const report = await finish(scene);
    if (report) await reckon(scene, report);
  } finally {
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  }
  return scene.problems.length === 0 ? [] : [...scene.problems, ...scene.history];
}

async function runOnce(scene: Scene, end: End): Promise<Ended> {
  const { scenario, sandbox, directory, program, chance, problems, history } = scene;
  const names = scenario.files.map(({ name }) => name);
  const size = chunkSize(chance);
  const argv = ['import', ...names, ...scenario.flags, '--chunk-size', size, '--retries', '3', '--json'];
  const { environment } = sandbox;
  const ended = await runChild(argv, { program, directory, environment, end });
  history.push(`${JSON.stringify(end)} ${argv.join(' ')} -> ${ended.exit ?? 'killed'}`);
  problems.push(...(await sentAgain(join(directory, '.local/state/scarf-cli'))));
  const report = reportOf(ended);
  if (ended.exit !== undefined && report === undefined) problems.push(`no report: ${ended.stderr}`);
  if (report && !isBalanced(report.counts)) problems.push(`unbalanced: ${JSON.stringify(report.counts)}`);
  if (ended.exit === 1) problems.push(`a bug: ${ended.stdout}${ended.stderr}`);
  return ended;
}

/** Until it ends: a delivery that the vendor aborts is begun again by the same command. */
async function finish(scene: Scene): Promise<Report | undefined> {
  for (let tries = 0; tries < maxLastTries; tries += 1) {
    const ended = await runOnce(scene, { kind: 'none' });
    if ([0, 3, 8].includes(ended.exit ?? -1) && !(ended.exit === 8 && scene.scenario.hasIds))
      return reportOf(ended);
  }
  scene.problems.push(`it does not end`);
  return undefined;
}

async function reckon(scene: Scene, { counts, exit }: Report): Promise<void> {
  const { scenario, sandbox, problems } = scene;
  const before = sandbox.vendors.scarf.imports().length;
  const repeated = reportOf(await runOnce(scene, { kind: 'none' }));
  if (sandbox.vendors.scarf.imports().length > before) problems.push('the finished delivery was sent again');
  if (JSON.stringify(repeated) !== JSON.stringify({ counts, exit })) {
    problems.push(`another outcome when repeated: ${JSON.stringify([counts, repeated])}`);
  }
  if (counts.read !== scenario.rows) problems.push(`read ${counts.read} of ${scenario.rows} rows`);
  if (scenario.hasIds) reckonWithIds(scene, counts);
  else reckonWithoutIds(scene, counts);
  await reckonRejects(scene, counts);
}

function reckonWithIds({ scenario, sandbox, problems }: Scene, counts: Counts): void {
  if (counts.accepted !== scenario.good.length) problems.push(`accepted: ${JSON.stringify(counts)}`);
  const { conflicting } = sandbox.vendors.scarf.counts();
  if (conflicting !== 0) problems.push(`${conflicting} ids were used for different rows`);
  const stored = storedNumbers(sandbox);
  if (JSON.stringify(stored) !== JSON.stringify(scenario.good)) {
    const missing = scenario.good.filter((n) => !stored.includes(n));
    problems.push(`stored ${stored.length} of ${scenario.good.length}; missing ${missing.join(' ')}`);
  }
}

/** What is unknown may have arrived, but nothing twice, and what was accepted is there. */
function reckonWithoutIds({ sandbox, problems }: Scene, counts: Counts): void {
  const stored = storedNumbers(sandbox);
  const twice = stored.filter((n, index) => stored[index - 1] === n);
  if (twice.length > 0) problems.push(`sent twice: ${twice.join(' ')}`);
  if (stored.length < counts.accepted || stored.length > counts.accepted + counts.unknown) {
    problems.push(`stored ${stored.length}: ${JSON.stringify(counts)}`);
  }
}

/** Every row that was rejected stands among the rejects once, and one that is unknown may be either. */
async function reckonRejects({ scenario, directory, problems }: Scene, counts: Counts): Promise<void> {
  const names = await readdir(directory, { recursive: true });
  const files = names.filter((name) => /(^|\/)rejected/.test(name) && /ndjson$/.test(name));
  const contents = await Promise.all(files.map((name) => readFile(join(directory, name), 'utf8')));
  const isMeta = (index: number) => (files[index] ?? '').endsWith('.meta.ndjson');
  const linesOf = (meta: boolean) =>
    contents.filter((_, index) => isMeta(index) === meta).flatMap((text) => text.split('\n').slice(0, -1));
  const rows = linesOf(false).sort();
  const expected = [...scenario.bad].sort();
  const isRight = counts.unknown > 0 ? isPart(rows, expected) : rows.join('\n') === expected.join('\n');
  if (!isRight || rows.length !== counts.rejected) {
    problems.push(`${rows.length} rejects are kept, ${counts.rejected} counted, ${expected.length} expected`);
  }
  if (linesOf(true).length !== rows.length)
    problems.push(`${linesOf(true).length} descriptions of ${rows.length} rejects`);
}

function isPart(rows: readonly string[], whole: readonly string[]): boolean {
  return new Set(rows).size === rows.length && rows.every((row) => whole.includes(row));
}

function storedNumbers(sandbox: Sandbox): number[] {
  const events = sandbox.vendors.scarf.events();
  return events
    .map(({ text }) => (JSON.parse(text ?? '{}') as { n: number }).n)
    .sort((one, other) => one - other);
}

function reportOf({ stdout }: Ended): Report | undefined {
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (!last.startsWith('{"schema"')) return undefined;
  const { counts, exit } = JSON.parse(last) as Report;
  return { counts, exit };
}

function isBalanced({ read, accepted, rejected, skipped, pending, unknown, unsent }: Counts): boolean {
  return read === accepted + rejected + skipped + pending + unknown + unsent;
}
