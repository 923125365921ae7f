/** One chaos run: repeats a command while processes die and the vendor misbehaves, then checks what the program reported. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { EXIT } from '../../src/failure.ts';
import type { Counts } from '../../src/records.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { readLedgers, type Place } from './ledger-check.ts';
import { runChild, type Ended } from './processes.ts';
import { chanceOf, type Chance } from './random.ts';
import { isWithin, reckon } from './expected-result.ts';
import { scenarioOf, type End, type Scenario } from './scenario.ts';
import type { VendorName } from './vendors.ts';
import { readWitness } from './witness.ts';

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
  /** Chunks in flight when processes died. */
  inFlight: Place[];
  /** What each process did; printed when the run fails. */
  history: string[];
}

/** Runs a seed, with the vendor it picks or this one. Resolves to the problems found, and the history if there are any. */
export async function runChaos(seed: number, program: string, vendor?: VendorName): Promise<string[]> {
  const scenario = scenarioOf(seed, vendor);
  const directory = await mkdtemp(join(tmpdir(), 'scarf-cli-chaos-'));
  const vendorsChance = chanceOf(seed);
  const sandbox = await startSandbox({
    clock: Date.now,
    random: () => vendorsChance.next(),
    faults: scenario.faults,
    ...scenario.play.sandbox,
  });
  const common = { scenario, sandbox, directory, program, chance: chanceOf(seed + 1_000_000) };
  const scene: Scene = { ...common, problems: [], inFlight: [], history: [] };
  try {
    await writeFile(witnessOf(scene), '');
    for (const { name, bytes } of scenario.files) await writeFile(join(directory, name), bytes);
    for (const end of scenario.ends) await runOnce(scene, end);
    sandbox.faults.clear();
    const report = await finish(scene);
    if (report) await conclude(scene, report);
  } finally {
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  }
  return scene.problems.length === 0 ? [] : [...scene.problems, ...scene.history];
}

async function runOnce(scene: Scene, end: End): Promise<Ended> {
  const { scenario, sandbox, directory, program, chance, problems, history } = scene;
  const { play, files, flags } = scenario;
  const own = play.flagsOfOne(chance);
  const names = files.map(({ name }) => name);
  const argv = [...play.command, ...names, ...flags, ...own, '--retries', '3', '--json'];
  const environment = { ...sandbox.environment, ...play.environment, CHAOS_WITNESS: witnessOf(scene) };
  const sentBefore = readWitness(witnessOf(scene)).length;
  const ended = await runChild(argv, { program, directory, environment, end });
  history.push(`${JSON.stringify(end)} ${argv.join(' ')} -> ${ended.exit ?? 'killed'}`);
  const { problems: inLedger, inFlight } = await readLedgers(stateOf(scene));
  problems.push(...inLedger);
  scene.inFlight.push(...inFlight);
  const report = reportOf(ended);
  if (ended.exit !== undefined && report === undefined) {
    const sent = readWitness(witnessOf(scene)).length - sentBefore;
    problems.push(...problemsWithout(ended, { end, sent }));
  }
  if (report && !isBalanced(report.counts)) problems.push(`unbalanced: ${JSON.stringify(report.counts)}`);
  if (ended.exit === 1) problems.push(`a bug: ${ended.stdout}${ended.stderr}`);
  if (report && !isWithin(report.counts, play, sum(play.arrived(sandbox)))) {
    problems.push(`${sum(play.arrived(sandbox))} are there: ${JSON.stringify(report.counts)}`);
  }
  return ended;
}

/** Repeats the command until the delivery ends; one that the vendor aborts is started again by the same command. */
async function finish(scene: Scene): Promise<Report | undefined> {
  for (let tries = 0; tries < maxLastTries; tries += 1) {
    const ended = await runOnce(scene, { kind: 'none' });
    if ([0, 3, 8].includes(ended.exit ?? -1) && !(ended.exit === 8 && scene.scenario.play.hasIds))
      return reportOf(ended);
  }
  scene.problems.push(`it does not end`);
  return undefined;
}

async function conclude(scene: Scene, { counts, exit }: Report): Promise<void> {
  const { scenario, sandbox, directory, inFlight, problems } = scene;
  const { vendor, play } = scenario;
  const before = readWitness(witnessOf(scene)).length;
  const repeated = reportOf(await runOnce(scene, { kind: 'none' }));
  const requests = readWitness(witnessOf(scene));
  if (requests.length > before) problems.push('the finished delivery was sent again');
  if (JSON.stringify(repeated) !== JSON.stringify({ counts, exit })) {
    problems.push(`another outcome when repeated: ${JSON.stringify([counts, repeated])}`);
  }
  // The vendor may still be processing what a killed client sent.
  while (sandbox.traffic.inHand(vendor) > 0) await wait(10);
  const { conflicting } = sandbox.vendors[vendor].counts();
  if (conflicting !== 0) problems.push(`${conflicting} ids were used for different rows`);
  const { inDoubt } = await readLedgers(stateOf(scene));
  const arrived = play.arrived(sandbox);
  const evidence = { scenario, directory, counts, arrived, inDoubt, inFlight, requests };
  problems.push(...(await reckon(evidence)));
}

function stateOf({ directory }: Scene): string {
  return join(directory, '.local/state/scarf-cli');
}

function witnessOf({ directory }: Scene): string {
  return join(directory, 'witness.ndjson');
}

function sum(counts: ReadonlyMap<number, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

function reportOf({ stdout }: Ended): Report | undefined {
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (!last.startsWith('{"schema"')) return undefined;
  const { run, counts, exit } = JSON.parse(last) as Partial<Report> & { run?: string | null };
  // A process that ended before its run began has not read the ledgers of earlier runs.
  if (run === null || counts === undefined || exit === undefined) return undefined;
  return { counts, exit };
}

/** Only a process that was stopped before its run began may report no counts: it has sent nothing. */
function problemsWithout(
  { exit, stdout, stderr }: Ended,
  { end, sent }: { end: End; sent: number },
): string[] {
  const wasAsked = end.kind === 'after' && end.signal !== undefined && exit === EXIT.terminate;
  return wasAsked && sent === 0 ? [] : [`no report, ${sent} requests: ${stdout}${stderr}`];
}

function isBalanced({ read, accepted, rejected, skipped, pending, unknown, unsent }: Counts): boolean {
  return read === accepted + rejected + skipped + pending + unknown + unsent;
}
