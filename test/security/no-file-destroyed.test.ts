/**
 * Whatever a command line says, a file that existed before has its bytes afterwards, unless it is the one named output of
 * its role. Names, links and directories overlap at random; nobody listens where the vendors should be.
 */
import {
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventRows, lines, runCli } from '../machine.ts';

const closed = 'http://127.0.0.1:9';
const environment = {
  ...Object.fromEntries(
    ['SCARF', 'SUMATRA', 'MOESIF', 'LOGINSIGHT'].map((name) => [`${name}_API_URL`, closed]),
  ),
  ...{ SCARF_API_TOKEN: 'a-token', SUMATRA_API_KEY: 'a-key', SCARF_OWNER: 'acme' },
};

const file = fc.constantFrom(
  'a.ndjson',
  'b.ndjson',
  'b.ndjson.meta.ndjson',
  'hard',
  'soft',
  'dangling',
  'new',
  'new.meta.ndjson',
  'dir/a.ndjson',
  'here/a.ndjson',
  'token',
  'map.json',
  'e.csv',
  '.e.csv.scarf-cli.json',
  'st/runs/x',
);
const place = fc.oneof(file, fc.constantFrom('./', 'dir/', 'here/', 'new/'));
const flag = (name: string, value: fc.Arbitrary<string>) => value.map((text) => [name, text]);
const flags = fc
  .tuple(
    fc.option(flag('--rejects', place)),
    fc.option(flag('--report', file)),
    fc.option(flag('--token-file', fc.constantFrom('token', 'hard', 'new'))),
    fc.option(flag('--map-file', fc.constantFrom('map.json', 'soft'))),
    fc.option(flag('--state-dir', fc.constantFrom('st', '.', 'dir', 'new'))),
    fc.option(fc.constantFrom(['--overwrite'], ['--append'], ['--no-ledger'])),
  )
  .map((given) => given.flatMap((words) => words ?? []));
const inputs = fc.uniqueArray(fc.oneof(file, fc.constantFrom('*.ndjson', 'dir/*')), {
  minLength: 1,
  maxLength: 2,
});
const delivery = (words: string[], more: fc.Arbitrary<string[]>) =>
  fc.tuple(inputs, flags, more).map((parts) => [...words, ...parts.flat(), '--retries', '0']);
const exporting = fc
  .tuple(place, fc.constantFrom([], ['--manifest'], ['--split', 'day']), fc.constantFrom('token', 'e.csv'))
  .map(([output, more, token]) => {
    return [
      'export',
      'events',
      '--output',
      output,
      '--token-file',
      token,
      '--format',
      'csv',
      '--retries',
      '0',
      ...more,
    ];
  });
const nothing = fc.constant<string[]>([]);
const commandLine = fc.oneof(
  delivery(['import'], nothing),
  delivery(['check'], nothing),
  delivery(['ingest', 'sumatra'], flag('--output', file)),
  exporting,
);

async function fill(directory: string): Promise<void> {
  const write = (name: string, text: string) => writeFile(join(directory, name), text);
  await mkdir(join(directory, 'dir'));
  await mkdir(join(directory, 'st/runs'), { recursive: true });
  await write('a.ndjson', lines(['bad', ...eventRows(2)]));
  await write('b.ndjson', lines(['bad', ...eventRows(2, { first: 5 })]));
  await write('b.ndjson.meta.ndjson', 'mine\n');
  await write('dir/a.ndjson', lines(['bad', ...eventRows(1)]));
  await write('token', 'a-token\n');
  await write('map.json', '{}\n');
  await write('e.csv', 'mine\n');
  await write('e.csv.manifest.json', '{"mine":true}\n');
  await write('st/runs/x', 'mine\n');
  await link(join(directory, 'a.ndjson'), join(directory, 'hard'));
  await symlink('b.ndjson', join(directory, 'soft'));
  await symlink('nowhere', join(directory, 'dangling'));
  await symlink('.', join(directory, 'here'));
}

/** Every file below, by its real path. */
async function contents(directory: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) found.set(await realpath(path), await readFile(path, 'latin1'));
  }
  return found;
}

/**
 * The files that may change: those that outputs name, where the command says that files may be replaced or added to. A
 * refused command still has its report, unless that is one of its other files.
 */
async function replaceable(
  argv: readonly string[],
  directory: string,
): Promise<(exit: number) => Set<string>> {
  const mayReplace = argv.includes('--overwrite') || argv.includes('--append') || argv[0] === 'export';
  const paths = new Map<string, string[]>();
  const others: string[] = [];
  for (const [index, word] of argv.entries()) {
    const flag = argv[index - 1] ?? '';
    const path = resolve(directory, word);
    if (!['--rejects', '--report', '--output'].includes(flag)) others.push(word);
    else paths.set(flag, flag === '--rejects' ? rejectsAt(path, { word, argv }) : [path]);
  }
  const outputs = await Promise.all([...paths.values()].flat().map(realOf));
  // What is added to keeps its other names.
  const named = argv.includes('--append') ? await allNamesOf(outputs, directory) : outputs;
  const report = await Promise.all((paths.get('--report') ?? []).map(realOf));
  const rejects = await Promise.all((paths.get('--rejects') ?? []).map(realOf));
  const files = await Promise.all(
    [...others, ...patterns(others)].map((word) => fileOf(resolve(directory, word))),
  );
  const taken = new Set([...files, ...(await Promise.all(rejects.map(fileOf)))]);
  const isReportFree = (await Promise.all(report.map(fileOf))).every(
    (file) => file === undefined || !taken.has(file),
  );
  return (exit) => {
    if (!mayReplace) return new Set();
    if (exit !== 2) return new Set(named);
    return new Set(argv.includes('--overwrite') && isReportFree ? report : []);
  };
}

/** The files of rejects: of a directory, one named after each input. */
function rejectsAt(path: string, { word, argv }: { word: string; argv: readonly string[] }): string[] {
  const words = argv.slice(
    0,
    argv.findIndex((one) => one.startsWith('--')),
  );
  const inputs = [...words, ...patterns(words)].map((name) => join(path, basename(name)));
  return (word.endsWith('/') ? inputs : [path]).flatMap((rows) => [rows, `${rows}.meta.ndjson`]);
}

/** What the patterns among the words match in a directory as `fill` makes it. */
function patterns(words: readonly string[]): string[] {
  return [
    ...(words.includes('*.ndjson') ? ['a.ndjson', 'b.ndjson', 'b.ndjson.meta.ndjson'] : []),
    ...(words.includes('dir/*') ? ['dir/a.ndjson'] : []),
  ];
}

/** These paths, and the other names of the files that are there. */
async function allNamesOf(paths: readonly string[], directory: string): Promise<string[]> {
  const files = new Set((await Promise.all(paths.map(fileOf))).filter((file) => file !== undefined));
  const there = [...(await contents(directory)).keys()];
  const isOne = await Promise.all(there.map(async (path) => files.has((await fileOf(path)) ?? '')));
  return [...paths, ...there.filter((_, index) => isOne[index])];
}

const realOf = (path: string) => realpath(path).catch(() => path);

/** Device and inode; undefined for what is not there. */
async function fileOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? `${found.dev}:${found.ino}` : undefined;
}

test('a file that existed before has its bytes afterwards', async () => {
  const property = fc.asyncProperty(commandLine, async (argv) => {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'overlap-')));
    try {
      await fill(directory);
      const before = await contents(directory);
      const replaceableAt = await replaceable(argv, directory);
      const { exit } = await runCli(argv, { directory, environment });
      const after = await contents(directory);
      const named = replaceableAt(exit);
      for (const [path, bytes] of before) {
        if (!named.has(path)) expect([path, after.get(path)]).toEqual([path, bytes]);
      }
      expect(exit).not.toBe(1);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
  await fc.assert(property, { numRuns: Number(process.env['OVERLAP_RUNS'] ?? 15) });
});
