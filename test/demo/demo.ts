/**
 * Shows the whole tool against emulated vendors, and checks itself: it ends with 0 when every step ended
 * as announced, and leaves nothing behind. `npm run demo` bundles and runs it.
 */
import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { writeMaterial } from './material.ts';
import { STEPS, STORED, type Step } from './steps.ts';

/** Where `npm run demo` is run: the folder of the project. */
const project = process.cwd();

interface Place {
  directory: string;
  environment: NodeJS.ProcessEnv;
}

process.exitCode = await runDemo();

async function runDemo(): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'scarf-cli-demo-'));
  const sandbox = await startSandbox({ clock: () => Date.now(), random: () => Math.random() });
  try {
    await writeMaterial(directory, Date.now());
    print(`Emulated vendors on ${sandbox.url}, files and state in ${directory}.`);
    print('Each command is also given --json, which is what the demo checks counts by.');
    const troubles = await runSteps({ directory, environment: environmentOf(sandbox, directory) });
    return conclude([...troubles, ...storedTroubles(sandbox)]);
  } finally {
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function environmentOf(sandbox: Sandbox, directory: string): NodeJS.ProcessEnv {
  return { ...process.env, ...sandbox.environment, SCARF_STATE_DIR: join(directory, 'state') };
}

async function runSteps(place: Place): Promise<string[]> {
  const troubles: string[] = [];
  for (const [index, step] of STEPS.entries()) {
    print(
      `\n${index + 1}/${STEPS.length}  ${step.title}. Expected: exit ${step.exit}, ${countsText(step.counts)}`,
    );
    troubles.push(...(await runStep(step, place)).map((trouble) => `step ${index + 1}: ${trouble}`));
  }
  return troubles;
}

/** Runs one command, its words for people going straight to the screen, and says what differs from the announcement. */
async function runStep(step: Step, { directory, environment }: Place): Promise<string[]> {
  const argv = step.argv.map((word) => word.replace('{rows}', join(project, 'fixtures', 'rows')));
  print(`$ scarf-cli ${argv.map(quoted).join(' ')}${step.stdin === undefined ? '' : ` < ${step.stdin}`}`);
  const child = spawn(process.execPath, [join(project, 'bin', 'scarf-cli.js'), ...argv, '--json'], {
    cwd: directory,
    env: environment,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (step.stdin === undefined) child.stdin.end();
  else createReadStream(join(directory, step.stdin)).pipe(child.stdin);
  const [output, [exit]] = await Promise.all([
    text(child.stdout),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  const counts = countsOf(output);
  return [
    ...(exit === step.exit ? [] : [`exit ${exit} instead of ${step.exit}`]),
    ...differences(counts, step.counts),
  ];
}

/** The counts in the JSON document on the last line; nothing when there is none. */
function countsOf(output: string): Record<string, unknown> {
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) return {};
  return (JSON.parse(last) as { counts?: Record<string, unknown> }).counts ?? {};
}

function storedTroubles(sandbox: Sandbox): string[] {
  const stored = Object.entries(sandbox.vendors).map(([name, state]) => [name, state.counts()['stored']]);
  print(`\nEvents at the vendors: ${stored.map(([name, count]) => `${name} ${count}`).join(', ')}.`);
  return differences(Object.fromEntries(stored) as Record<string, unknown>, STORED);
}

function differences(found: Record<string, unknown>, expected: Readonly<Record<string, number>>): string[] {
  return Object.entries(expected)
    .filter(([name, count]) => found[name] !== count)
    .map(([name, count]) => `${name} is ${String(found[name])} instead of ${count}`);
}

function conclude(troubles: readonly string[]): number {
  for (const trouble of troubles) print(`✗ ${trouble}`);
  print(troubles.length === 0 ? '✓ Every step ended as announced.' : '✗ The demo did not end as announced.');
  return troubles.length === 0 ? 0 : 1;
}

function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

function quoted(word: string): string {
  return /^[\w./=:-]+$/.test(word) ? word : `'${word}'`;
}

/** To the stream that the commands talk on, so that the order on the screen is the order of things. */
function print(line: string): void {
  process.stderr.write(`${line}\n`);
}
