/**
 * Every vendor, dataset and list against a server that turns on them. Whatever it says: the command ends by itself, with
 * the exit code of the table; nothing counts as taken that was not; the counts add up; no file that was there is lost;
 * no stack is shown, and no secret.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CliRun } from '../../machine.ts';
import { COMMANDS, INPUTS, type Tried } from './commands.ts';
import { exitOf } from './expected.ts';
import { FAULTS, type Fault } from './faults.ts';
import { job } from './honest-server.ts';
import { openHostileScene, secret, type HostileScene } from './scene.ts';

/** What stood at the output of exports before. */
const older = 'id,type\nolder,kept\n';

/** Runs at the same time, which have mostly to wait. */
const atOnce = 6;

/** Families that are judged in one place for all, or are heavy. */
const SHARED = new Set([
  'a success of much:',
  'on the wire',
  'a status like those:',
  'once 429 with Retry-After',
]);

type Pair = readonly [command: Tried, fault: string];

test.each(Object.keys(FAULTS))('%s', async (family) => {
  const left = pairsOf(family);
  const unexpected: string[] = [];
  const work = async () => {
    const scene = await sceneFor();
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [command, name] = next;
      const { run, troubles } = await suffer(scene, command, FAULTS[family]?.[name] as Fault);
      const exit = exitOf(command.kind, family, name);
      if (run.exit !== exit) troubles.push(`exit ${run.exit} instead of ${exit}`);
      if (isDelivery(command)) troubles.push(...troubleWithRows(run, scene, exit === 0));
      unexpected.push(...troubles.map((trouble) => `${command.name}, ${name}: ${trouble}`));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  expect(unexpected).toEqual([]);
});

/** Every fault for a part of the commands of each kind, and for all kinds what each of them judges by itself. */
function pairsOf(family: string): Pair[] {
  const names = Object.keys(FAULTS[family] ?? {});
  return COMMANDS.flatMap((command, place) => {
    const isFirst = COMMANDS.find(({ kind }) => kind === command.kind) === command;
    const every = isFirst && !SHARED.has(family) ? 1 : 4;
    return names.filter((_, index) => index % every === place % every).map((name): Pair => [command, name]);
  });
}

function isDelivery({ argv }: Tried): boolean {
  return argv[0] === 'import' || argv[0] === 'ingest';
}

async function sceneFor(): Promise<HostileScene> {
  const scene = await openHostileScene();
  for (const [name, rows] of Object.entries(INPUTS)) {
    await scene.write(name, rows.map((row) => `${row}\n`).join(''));
  }
  return scene;
}

/** One run, with an answer in the place of every honest one. */
async function suffer(
  { directory, run, server, write }: HostileScene,
  { argv, at }: Tried,
  fault: Fault,
): Promise<{ run: CliRun; troubles: string[] }> {
  const output = argv.includes('--output') ? argv[argv.indexOf('--output') + 1] : undefined;
  if (output !== undefined) await write(output, older);
  [server.taken, server.imports] = [[], argv[0] === 'imports' ? [{ ...job }] : []];
  let before = 0;
  server.misbehave = ({ method, path }, response, honest) =>
    at.test(`${method} ${path}`) ? fault(honest, response, before++) : undefined;
  const ended = await run([...argv, '--retries', '1', '--json'], { state: 'state' });
  const troubles = troubleWithWords(ended);
  for (const text of await textsBelow(join(directory, 'state'))) {
    if (text.includes(secret)) troubles.push('a secret is kept');
  }
  await rm(join(directory, 'state'), { recursive: true, force: true });
  if (output !== undefined && ended.exit !== 0 && ended.exit !== 3) {
    if ((await readFile(join(directory, output), 'utf8')) !== older)
      troubles.push('the older output is gone');
    const parts = (await readdir(directory)).filter((name) => name.startsWith(`.${output}`));
    if (parts.length > 0) troubles.push(`${parts.join()} stays`);
  }
  return { run: ended, troubles };
}

function troubleWithWords({ stderr, stdout }: CliRun): string[] {
  const said = stdout + stderr;
  return [
    ...(/\n {4}at |node:internal/.test(said) ? ['a stack is shown'] : []),
    ...(said.includes(secret) ? ['a secret is shown'] : []),
    ...(/[\0-\x08\x0b-\x1f]/.test(said.replaceAll('\r\n', '\n')) ? ['control characters are shown'] : []),
  ];
}

/** Counts add up, and what is accepted is in a body that the server kept, unless it said by the documents that it was. */
function troubleWithRows({ report }: CliRun, { server }: HostileScene, isBelieved: boolean): string[] {
  if (report === undefined) return ['there is no report'];
  const { read, ...others } = report.counts;
  const sum = Object.values(others).reduce((total, count) => total + count, 0);
  const kept = new Set(server.taken.flatMap((text) => text.match(/"n\\?":\d/g) ?? [])).size;
  return [
    ...(sum === read ? [] : [`${sum} of ${read} rows are counted`]),
    ...(isBelieved || report.counts.accepted <= kept
      ? []
      : [`${report.counts.accepted} of ${kept} are accepted`]),
  ];
}

async function textsBelow(directory: string): Promise<string[]> {
  const files = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const names = files.filter((file) => file.isFile()).map(({ name, parentPath }) => join(parentPath, name));
  return Promise.all(names.map((name) => readFile(name, 'utf8')));
}
