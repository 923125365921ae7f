/** No output of a command is what the command reads, keeps, or writes elsewhere: nothing is opened, and exit 2 says which two. */
import {
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventRows, lines, openPlace, runCli, type Place as Full } from '../machine.ts';

const rows = lines(['bad', ...eventRows(3)]);

/** Everything below a directory, links as links. */
async function snapshot(directory: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(directory, { recursive: true })).sort()) {
    const path = join(directory, name);
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) found[name] = `-> ${await readlink(path)}`;
    else if (stats.isFile()) found[name] = await readFile(path, 'utf8');
  }
  return found;
}

/** What there is to destroy. */
async function fill(place: Place): Promise<Place> {
  await place.write('ev.ndjson', rows);
  await place.write('ev.ndjson.meta.ndjson', rows);
  await place.write('token', 'a-token\n');
  await place.write('map.json', '{"map":{}}\n');
  await place.write('ca.pem', 'certificate\n');
  await mkdir(join(place.directory, 'dir'));
  await place.write('dir/ev.ndjson', rows);
  await link(join(place.directory, 'ev.ndjson'), join(place.directory, 'hard'));
  await symlink('ev.ndjson', join(place.directory, 'soft'));
  await symlink('.', join(place.directory, 'here'));
  await place.write('events-2026-11-01.csv', 'mine\n');
  await symlink('../token', join(place.directory, 'dir/events-2026-11-01.csv'));
  return place;
}

type Place = Pick<Full, 'directory' | 'write' | 'runCli'>;

/** A place without vendors: nothing may come so far as to need one. */
async function prepare(): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'one-role-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const environment = {
    ...Object.fromEntries(
      ['SCARF', 'SUMATRA', 'MOESIF', 'LOGINSIGHT'].map((name) => [`${name}_API_URL`, closed]),
    ),
    ...{ SCARF_API_TOKEN: 'a-token', SUMATRA_API_KEY: 'a-key', SCARF_OWNER: 'acme' },
  };
  return fill({
    directory,
    runCli: (argv, options = {}) =>
      runCli(argv, { ...options, directory, environment: { ...environment, ...options.environment } }),
    async write(name, content) {
      const path = join(directory, name);
      await writeFile(path, content);
      return path;
    },
  });
}

/** Nobody listens there. */
const closed = 'http://127.0.0.1:9';

describe('exit 2 names both roles, and every file keeps its bytes', () => {
  test.each<[string, string, string]>([
    ['import ev.ndjson --rejects ./', '--rejects', 'input'],
    ['import ev.ndjson --rejects here/', '--rejects', 'input'],
    ['import hard --rejects ev.ndjson', '--rejects', 'input'],
    ['import soft --rejects hard', '--rejects', 'input'],
    ['import e*.ndjson --rejects ./', '--rejects', 'input'],
    ['import ev.ndjson ev.ndjson.meta.ndjson --rejects ev.ndjson', '--rejects', 'input'],
    ['import ev.ndjson.meta.ndjson --rejects ev.ndjson', '--rejects', 'input'],
    ['import ev.ndjson --report ev.ndjson', '--report', 'input'],
    ['import ev.ndjson --report ev.ndjson --overwrite', '--report', 'input'],
    ['import ev.ndjson --report soft --overwrite', '--report', 'input'],
    ['import ev.ndjson no-such-file --report ev.ndjson --overwrite', '--report', 'input'],
    ['import ev.ndjson --rejects new --report new', '--report', '--rejects'],
    ['import ev.ndjson --rejects new --report new.meta.ndjson', '--report', '--rejects'],
    ['import ev.ndjson --rejects dir/ --report dir/../dir/ev.ndjson --overwrite', '--report', '--rejects'],
    ['import ev.ndjson --token-file token --rejects token', '--rejects', '--token-file'],
    ['import token --token-file token', 'input', '--token-file'],
    ['import ev.ndjson --map-file map.json --report map.json --overwrite', '--report', '--map-file'],
    ['import ev.ndjson --html new --report new', '--html', '--report'],
    ['import ev.ndjson --state-dir st --html st/runs/run.html', '--html', 'state'],
    ['import ev.ndjson --state-dir st --report st/runs/report.json', '--report', 'state'],
    ['import ev.ndjson --state-dir st --rejects st/runs/', '--rejects', 'state'],
    ['import ev.ndjson --state-dir st/below --report st', 'state', '--report'],
    ['import ev.ndjson --report .local/state/scarf-cli/installation-id', '--report', 'state'],
    ['import ev.ndjson --rejects .config/scarf-cli/profiles.json --append', '--rejects', 'saved settings'],
    ['ingest sumatra ev.ndjson --output ev.ndjson', '--output', 'input'],
    ['ingest sumatra ev.ndjson --output hard --append', '--output', 'input'],
    ['ingest sumatra ev.ndjson --output new --rejects new', '--output', '--rejects'],
    ['ingest loginsight ev.ndjson --ca-file ca.pem --report ca.pem --overwrite', '--report', '--ca-file'],
    ['check ev.ndjson --report ev.ndjson --overwrite', '--report', 'input'],
    ['check ev.ndjson --rejects ./', '--rejects', 'input'],
    ['export events --token-file token --output token --format csv', '--output', '--token-file'],
    ['export events --token-file token --output dir/ --split day', '--output', '--token-file'],
  ])('%s', async (command, one, other) => {
    const place = await prepare();
    await place.runCli(['config', 'set', 'scarf', 'owner', 'sandbox']);
    const before = await snapshot(place.directory);
    const environment = command.includes('--token-file') ? { SCARF_API_TOKEN: '' } : {};
    const argv = [...command.split(' '), ...(/^(import|ingest|check)/.test(command) ? ['--json'] : [])];
    const { exit, stderr } = await place.runCli(argv, { environment });
    expect({ exit, stderr }).toMatchObject({ exit: 2 });
    expect(stderr).toContain(one);
    expect(stderr).toContain(other);
    expect(await snapshot(place.directory)).toEqual(before);
  });
});

describe('what is there and none of ours is replaced only on request', () => {
  test.each([
    ['import ev.ndjson --report notes.txt'],
    ['check ev.ndjson --report notes.txt'],
    ['export events --from 2026-11-01 --to 2026-11-01 --manifest --output e.csv'],
    ['sandbox exec --loginsight-tls notes.txt -- true'],
  ])('%s', async (command) => {
    const place = await prepare();
    await place.write('notes.txt', 'mine\n');
    await place.write('e.csv.manifest.json', '{"mine":true}\n');
    const before = await snapshot(place.directory);
    expect((await place.runCli(command.split(' '))).exit).toBe(2);
    expect(await snapshot(place.directory)).toEqual(before);
  });

  test('a report of an earlier run is replaced, and so is an empty file', async () => {
    const place = await prepare();
    await place.write('empty', '');
    await place.write('notes.txt', 'mine\n');
    for (const name of ['report.json', 'report.json', 'empty', 'notes.txt']) {
      const path = join(place.directory, name);
      const flags = name === 'notes.txt' ? ['--overwrite'] : [];
      expect((await place.runCli(['check', 'ev.ndjson', '--report', path, ...flags])).exit).toBe(3);
      expect(await readFile(path, 'utf8')).toMatch(/^\{"schema":1,/);
    }
  });
});

test('what shares a directory and no file is no conflict', async () => {
  const place = await openPlace();
  await fill(place);
  const flags = [
    '--state-dir',
    '.',
    '--rejects',
    'bad.ndjson',
    '--report',
    join(place.directory, 'report.json'),
  ];
  expect((await place.importFiles(['ev.ndjson', 'ev.ndjson', ...flags])).exit).toBe(3);
  expect(await readFile(join(place.directory, 'bad.ndjson'), 'utf8')).toBe('bad\n');
  expect((await place.importFiles(['dir/ev.ndjson', '--rejects', 'new/'])).exit).toBe(3);
});

test('the state directory has no names but those that are kept for it', async () => {
  const place = await openPlace();
  await fill(place);
  await mkdir(join(place.directory, 'st'));
  const keep = ['--state-dir', 'st', '--no-wait'];
  await place.runCli(['import', 'ev.ndjson', ...keep]);
  await place.runCli(['import', '-', ...keep], { stdin: rows });
  await place.runCli(['ingest', 'loginsight', 'ev.ndjson', ...keep]);
  await place.runCli(['runs', 'prune', '--state-dir', 'st']);
  const names = await readdir(join(place.directory, 'st'));
  expect(names.filter((name) => !['installation-id', 'locks', 'runs', 'spools'].includes(name))).toEqual([]);
});

test('an export without --manifest leaves what stands under that name and is none', async () => {
  const place = await openPlace();
  await place.write('scores.csv.manifest.json', '{"mine":true}\n');
  const { exit } = await place.runCli(['export', 'scores', '--output', 'scores.csv', '--quiet']);
  expect(exit).toBe(0);
  expect(await readFile(join(place.directory, 'scores.csv.manifest.json'), 'utf8')).toBe('{"mine":true}\n');
});
