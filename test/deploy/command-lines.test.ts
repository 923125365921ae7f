import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openPlace, type Place } from '../machine.ts';
import { commandsOf, DEPLOYMENTS, wordsOf, type Deployment } from './command-lines.ts';

const folder = join(import.meta.dirname, '../../deploy');
const rows = 300;

/** What the deployments find at absolute paths, below the directory of the place. */
const mounts = ['/data', '/state', '/secrets', '/exports', '/shared/scarf', '/tmp'];

async function openDeployment(): Promise<Place> {
  const place = await openPlace();
  for (const mount of mounts) await mkdir(join(place.directory, mount), { recursive: true });
  const text = Array.from({ length: rows }, (_, row) =>
    JSON.stringify({ $time: new Date().toISOString(), $package: 'p', row }),
  );
  for (const files of ['data', 'events', 'shared/scarf/2026-11-26']) {
    await mkdir(join(place.directory, files), { recursive: true });
    await place.write(join(files, 'events.ndjson'), `${text.join('\n')}\n`);
  }
  await mkdir(join(place.directory, 'shared/scarf/reports'));
  await writeFile(join(place.directory, 'secrets/token'), 'sandbox-token', { mode: 0o600 });
  return place;
}

/** Runs one command line of a deployment for one part. */
async function runLine(place: Place, line: string, variables: Record<string, string>) {
  const words = wordsOf(line, variables).map((word) =>
    mounts.some((mount) => word === mount || word.startsWith(`${mount}/`))
      ? join(place.directory, word)
      : word,
  );
  const environment = { ...variables, SCARF_STATE_DIR: join(place.directory, 'state') };
  const { exit, stdout, stderr } = await place.runCli(words, { environment });
  return { words, exit, stdout, said: exit === 0 ? '' : `${stdout}${stderr}` };
}

async function runAll(place: Place, deployment: Deployment, lines: readonly string[]) {
  for (const line of lines) {
    const isLast = line.startsWith('scarf-cli runs');
    for (let part = 0; part < (isLast ? 1 : deployment.parts); part++) {
      const { words, exit, said } = await runLine(place, line, deployment.variables(part));
      expect({ words, exit, said }).toEqual({ words, exit: 0, said: '' });
    }
  }
}

describe.each(DEPLOYMENTS.filter(({ file }) => !/merge|export/.test(file)))('$file', (deployment) => {
  const lines = commandsOf(deployment);

  test('imports every row once, in all of its parts, and again doubles nothing', async () => {
    const place = await openDeployment();
    await runAll(place, deployment, lines);
    expect(
      new Set([...place.sandbox.vendors.scarf.events()].map((event) => JSON.stringify(event))).size,
    ).toBe(rows);
    expect([...place.sandbox.vendors.scarf.events()]).toHaveLength(rows);
    await runAll(place, deployment, lines);
    expect([...place.sandbox.vendors.scarf.events()]).toHaveLength(rows);
  });
});

test('slurm/merge.sbatch makes one report of those of import.sbatch', async () => {
  const place = await openDeployment();
  for (const deployment of DEPLOYMENTS.filter(({ file }) => file.startsWith('slurm/'))) {
    await runAll(place, deployment, commandsOf(deployment));
  }
});

test('aws-batch/import-job-definition.json prints a report of each part as a line that can be merged', async () => {
  const place = await openDeployment();
  const [deployment] = DEPLOYMENTS.filter(({ file }) => file.startsWith('aws-batch/'));
  const [line] = deployment === undefined ? [] : commandsOf(deployment);
  if (deployment === undefined || line === undefined) throw new Error('no command');
  for (let part = 0; part < deployment.parts; part++) {
    const { stdout } = await runLine(place, line, deployment.variables(part));
    expect(stdout).toMatch(/^\{"schema":.*\}\n$/);
    await place.write(`report-${part}.json`, stdout);
  }
  const { exit, stdout } = await place.runCli(['runs', 'merge', 'report-*.json', '--json']);
  const { counts } = JSON.parse(stdout) as { counts: object };
  expect({ exit, counts }).toMatchObject({ exit: 0, counts: { read: rows, accepted: rows } });
});

test('kubernetes/export-cronjob.yaml exports files a day, and again nothing', async () => {
  const place = await openDeployment();
  const [deployment] = DEPLOYMENTS.filter(({ file }) => /export/.test(file));
  if (deployment === undefined) throw new Error('no export');
  await runAll(place, deployment, commandsOf(deployment));
  const files = await readdir(join(place.directory, 'exports/events'));
  expect(files.length).toBeGreaterThan(0);
  await runAll(place, deployment, commandsOf(deployment));
});

test('every file of deploy/ that calls the command is tried here', async () => {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const calling: string[] = [];
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name);
    const text = await readFile(path, 'utf8');
    const isCall = /scarf-cli (import|export|ingest|runs)|"?(import|export)"?,?$/m.test(text);
    if (isCall && !/README|Dockerfile/.test(name)) calling.push(path.slice(folder.length + 1));
  }
  expect(calling.sort()).toEqual(DEPLOYMENTS.map(({ file }) => file).sort());
});
