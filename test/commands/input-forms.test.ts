/** Files as people have them: each is given to `check` and to a delivery, which must agree. */
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { openPlace } from '../machine.ts';
import { PACKED } from '../sources/packed-rows.ts';

const now = new Date().toISOString();

interface InputCase {
  file: string;
  content: string | Buffer;
  flags?: string[];
  exit?: number;
  /** Read and rejected rows. */
  counts: [read: number, rejected: number];
  /** What is said on the way. */
  says?: string;
}

const row = (n: number) => JSON.stringify({ $package: 'p', $time: now, n });
const pretty = (n: number) => JSON.stringify({ $package: 'p', $time: now, n }, undefined, 2);

const JSON_CASES: Record<string, InputCase> = {
  'an array called NDJSON': {
    file: 'a.ndjson',
    content: `[${row(1)},\n${row(2)}]\n`,
    counts: [2, 0],
    says: 'a JSON array',
  },
  'objects over several lines': {
    file: 'a.ndjson',
    content: `${pretty(1)}\n${pretty(2)}\n`,
    counts: [2, 0],
    says: 'one after another',
  },
  'objects on one line': { file: 'a.json', content: row(1) + row(2) + row(3), counts: [3, 0] },
  'an envelope': {
    file: 'a.json',
    content: `{"count":2,"data":[${row(1)},${row(2)}]}`,
    counts: [2, 0],
    says: 'its rows at data',
  },
  'an envelope called NDJSON': {
    file: 'a.ndjson',
    content: `{"data":[${row(1)}]}\n`,
    counts: [1, 0],
    says: 'its rows at data',
  },
  'a path to the rows': {
    file: 'a.json',
    content: `{"downloads":{"all":[${row(1)}],"some":[${row(2)}]}}`,
    flags: ['--path', 'downloads.all'],
    counts: [1, 0],
  },
  'an envelope with two lists': {
    file: 'a.json',
    content: `{"all":[${row(1)}],"some":[${row(2)}]}`,
    exit: 2,
    counts: [0, 0],
    says: 'all and some',
  },
  'line by line when that is asked for': {
    file: 'a.ndjson',
    content: `[${row(1)},\n${row(2)}\n]\n`,
    flags: ['--format', 'ndjson'],
    exit: 3,
    counts: [3, 2],
  },
  'a broken first line': { file: 'a.ndjson', content: `{"$time":\n${row(1)}\n`, exit: 3, counts: [2, 1] },
};

const packed = (name: string) => Buffer.from(PACKED[name] ?? '', 'base64');
const zipped = gzipSync(`${row(1)}\n${row(2)}\n`);
const tar = Buffer.alloc(1024);
tar.write('rows.csv');
tar.write('ustar', 257);

const CONTAINER_CASES: Record<string, InputCase> = {
  bzip2: { file: 'a.ndjson.bz2', content: packed('bzip2'), counts: [2, 0] },
  'bzip2, two files in one': {
    file: 'a.bz2',
    content: Buffer.concat([packed('bzip2'), packed('bzip2')]),
    flags: ['--set', 'extra=1'],
    counts: [4, 0],
  },
  xz: { file: 'a.ndjson.xz', content: packed('xz'), counts: [2, 0] },
  zstd: { file: 'a', content: packed('zstd'), counts: [2, 0] },
  'a ZIP archive with one file': { file: 'a.zip', content: packed('zip'), counts: [2, 0] },
  'a ZIP archive with two files': {
    file: 'a.zip',
    content: packed('twoInZip'),
    exit: 2,
    counts: [0, 0],
    says: 'unzip -p a.zip r.ndjson',
  },
  'zstd that is cut off': {
    file: 'a.zst',
    content: packed('zstd').subarray(0, -20),
    exit: 6,
    counts: [0, 0],
  },
  'xz that is cut off': { file: 'a.xz', content: packed('xz').subarray(0, -40), exit: 6, counts: [0, 0] },
  'bzip2 that is cut off': {
    file: 'a.bz2',
    content: packed('bzip2').subarray(0, -20),
    exit: 6,
    counts: [0, 0],
  },
  'gzip with junk behind it': {
    file: 'a.ndjson.gz',
    content: Buffer.concat([zipped, gzipSync(`${row(3)}\n`), Buffer.from('junk')]),
    exit: 6,
    counts: [3, 0],
    says: `from byte ${zipped.length + gzipSync(`${row(3)}\n`).length} on`,
  },
  'a tar archive in gzip': {
    file: 'a.tgz',
    content: gzipSync(tar),
    exit: 2,
    counts: [0, 0],
    says: 'tar -xOf a.tgz',
  },
  'UTF-16 in gzip': {
    file: 'a.csv.gz',
    content: gzipSync(Buffer.from('a,b\n1,2\n', 'utf16le')),
    exit: 2,
    counts: [0, 0],
    says: 'UTF-16',
  },
  Parquet: {
    file: 'a.parquet',
    content: Buffer.from(
      parquetWriteBuffer({
        columnData: [
          { name: '$package', data: ['p', 'p'], type: 'STRING' },
          { name: '$time', data: [new Date(), new Date()], type: 'TIMESTAMP' },
          { name: 'large', data: [9007199254740993n, 1n], type: 'INT64' },
        ],
      }),
    ),
    counts: [2, 0],
  },
};

const TABLE_CASES: Record<string, InputCase> = {
  'semicolons, found and said': { file: 'a.csv', content: table(';'), counts: [2, 0], says: 'divided by' },
  'bars on standard names': { file: 'a.csv', content: table('|'), counts: [2, 0], says: 'divided by' },
  'commas in TSV': { file: 'a.tsv', content: table(','), counts: [2, 0], says: 'a comma' },
  'sep=;': { file: 'a.csv', content: `sep=;\r\n${table(';')}`, counts: [2, 0] },
  'two characters': { file: 'a.csv', content: table('||'), flags: ['--delimiter', '||'], counts: [2, 0] },
  'a control character': {
    file: 'a.csv',
    content: table('\x01'),
    flags: ['--delimiter', '\\x01'],
    counts: [2, 0],
  },
  'windows-1252': {
    file: 'a.csv',
    content: Buffer.from(`$package,$time,é\np,${now},€\n`.replace('€', '\x80'), 'latin1'),
    flags: ['--encoding', 'windows-1252'],
    counts: [1, 0],
  },
  'UTF-16 when it is said': {
    file: 'a.csv',
    content: Buffer.from(`\uFEFF${table(',')}`, 'utf16le'),
    flags: ['--encoding', 'utf-16le'],
    counts: [2, 0],
  },
  'not the encoding': {
    file: 'a.csv',
    content: Buffer.from(`$package,$time,n\np,${now},\xff\n`, 'latin1'),
    flags: ['--encoding', 'utf-8'],
    exit: 6,
    counts: [0, 0],
  },
  'quotes in TSV are text': {
    file: 'a.tsv',
    content: `$package\t$time\tn\np\t${now}\t5" disk\np\t${now}\t"x\n`,
    counts: [2, 0],
  },
  'a column that is not there': {
    file: 'a.csv',
    content: table(','),
    flags: ['--drop', 'm'],
    exit: 2,
    counts: [0, 0],
    says: 'there is $package, $time, n',
  },
  'a column with another name': {
    file: 'a.csv',
    content: `$package,when,n\np,${now},1\n`,
    flags: ['--map', 'whn=$time'],
    exit: 2,
    counts: [0, 0],
    says: ': when?',
  },
  'a key that no row has': {
    file: 'a.ndjson',
    content: `${row(1)}\n`,
    flags: ['--type', 'm:int'],
    exit: 2,
    counts: [0, 0],
  },
  'a field that Scarf does not know': {
    file: 'a.csv',
    content: `$package,$time,ip\np,${now},1.2.3.4\n`,
    flags: ['--map', 'ip=$remote_addr'],
    exit: 2,
    counts: [0, 0],
    says: '$remote_address?',
  },
  'a field in the data that Scarf does not know': {
    file: 'a.ndjson',
    content: `{"$package":"p","$time":"${now}","$remote_addr":"1.2.3.4"}\n`,
    counts: [1, 0],
    says: '1 of the first 1 rows have $remote_addr',
  },
  'no column for the time': {
    file: 'a.csv',
    content: '$package,when\np,1\n',
    exit: 2,
    counts: [0, 0],
    says: 'no $time: the columns are $package, when',
  },
  'no column for the artifact': {
    file: 'a.csv',
    content: `$time,n\n${now},1\n`,
    exit: 2,
    counts: [0, 0],
    says: '--package',
  },
  'a row in the place of the header': {
    file: 'a.csv',
    content: `p,${now},1\np,${now},2\n`,
    exit: 2,
    counts: [0, 0],
    says: '--header none',
  },
  'columns without a name, by position': {
    file: 'a.csv',
    content: `$package,,n,n\np,${now},1,2\n`,
    flags: ['--map', '#2=$time', '--drop', '#4'],
    counts: [1, 0],
  },
  'a column with a name, by position': {
    file: 'a.csv',
    content: `a,b,c\np,${now},1\n`,
    flags: ['--map', '#1=$package', '--map', '#2=$time', '--type', '#3:int'],
    counts: [1, 0],
  },
  'a delimiter at the end of rows': {
    file: 'a.csv',
    content: `$package,$time\np,${now},\n`,
    counts: [1, 0],
    says: 'only rows end with a delimiter',
  },
  'a delimiter at the end of the header': {
    file: 'a.csv',
    content: `$package,$time,\np,${now}\n`,
    counts: [1, 0],
    says: 'only the header ends with a delimiter',
  },
  'decimal commas': {
    file: 'a.csv',
    content: `$package;$time;n\np;${now};1.234,5\n`,
    flags: ['--decimal', ',', '--type', 'n:number'],
    counts: [1, 0],
  },
};

function table(delimiter: string): string {
  return [['$package', '$time', 'n'], ['p', now, '1'], ['p', now, '2'], []]
    .map((cells) => cells.join(delimiter))
    .join('\n');
}

async function readBoth({ file, content, flags = [] }: InputCase) {
  const { write, runCli, sandbox } = await openPlace();
  await write(file, content);
  const checked = await runCli(['check', file, ...flags, '--json']);
  const delivered = await runCli(['import', file, ...flags, '--json']);
  return { checked, delivered, received: sandbox.vendors.scarf.counts() };
}

function countsOf(stdout: string) {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  const { counts } = JSON.parse(line) as { counts: { read: number; rejected: number } };
  return [counts.read, counts.rejected];
}

describe.each([
  ['JSON', JSON_CASES],
  ['containers', CONTAINER_CASES],
  ['tables', TABLE_CASES],
])('%s', (_, cases) => {
  test.each(Object.entries(cases))('%s', async (_name, given) => {
    const { checked, delivered, received } = await readBoth(given);
    const [read, rejected] = given.counts;
    expect([checked.exit, delivered.exit]).toEqual([given.exit ?? 0, given.exit ?? 0]);
    expect(countsOf(checked.stdout)).toEqual([read, rejected]);
    expect(countsOf(delivered.stdout)).toEqual([read, rejected]);
    if (given.exit !== 2) expect(received).toMatchObject({ stored: read - rejected });
    for (const { stdout, stderr } of [checked, delivered])
      expect(stdout + stderr).toContain(given.says ?? '');
  });
});

test('a pipe is read as what it is, also when its beginning comes in pieces', async () => {
  const { runCli } = await openPlace();
  const text = `{"count":1,\n"data":[${row(1)}`;
  const stdin = (async function* () {
    for (const piece of [text.slice(0, 3), text.slice(3), `,${row(2)}]`, '}']) {
      yield Buffer.from(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const { Readable } = await import('node:stream');
  const { exit, stdout } = await runCli(['import', '-', '--json'], { stdin: Readable.from(stdin) });
  expect(exit).toBe(0);
  expect(countsOf(stdout)).toEqual([2, 0]);
});

test.each(['bzip2', 'xz', 'zstd'])('%s is read from a pipe, and Parquet is refused there', async (name) => {
  const { runCli } = await openPlace();
  const { exit, stdout } = await runCli(['import', '-', '--json'], { stdin: packed(name) });
  expect(exit).toBe(0);
  expect(countsOf(stdout)).toEqual([2, 0]);
  const parquet = await runCli(['check', '-', '--json'], {
    stdin: CONTAINER_CASES['Parquet']?.content as Buffer,
  });
  expect(parquet.exit).toBe(2);
});

test('numbers of Parquet keep their digits, and its times theirs', async () => {
  const { write, runCli } = await openPlace();
  await write('a.parquet', CONTAINER_CASES['Parquet']?.content as Buffer);
  const { stdout } = await runCli(['check', 'a.parquet', '--show', '1', '--fill-id', 'off']);
  expect(stdout).toMatch(/^\{"\$package":"p","\$time":"[\d-]+T[\d:.]+Z","large":9007199254740993\}/);
});

test('gzip with junk behind it is gone on with when it has been mended', async () => {
  const { write, runCli, sandbox } = await openPlace();
  await write('a.ndjson.gz', Buffer.concat([zipped, Buffer.from('junk')]));
  expect((await runCli(['import', 'a.ndjson.gz'])).exit).toBe(6);
  expect((await runCli(['import', 'a.ndjson.gz'])).exit).toBe(6);
  await write('a.ndjson.gz', Buffer.concat([zipped, gzipSync(`${row(3)}\n`)]));
  expect((await runCli(['import', 'a.ndjson.gz'])).exit).toBe(0);
  expect(sandbox.vendors.scarf.counts()).toMatchObject({ stored: 3, received: 3 });
});

test('what is written in another encoding leaves as UTF-8, and a run that was stopped goes on', async () => {
  const { write, runCli, sandbox } = await openPlace();
  const rows = Array.from({ length: 3 }, (_, n) => `p,${now},é${n}\n`).join('');
  await write('a.csv', Buffer.from(`$package,$time,n\n${rows}`, 'latin1'));
  const flags = ['--encoding', 'latin1'];
  const { stdout } = await runCli(['check', 'a.csv', ...flags, '--show', '1', '--fill-id', 'off']);
  expect(stdout).toContain('"n":"é0"');
  expect((await runCli(['import', 'a.csv', ...flags])).exit).toBe(0);
  await write('a.csv', Buffer.from(`$package,$time,n\n${rows}p,${now},ü\n`, 'latin1'));
  expect((await runCli(['import', 'a.csv', ...flags])).exit).toBe(0);
  expect(sandbox.vendors.scarf.counts()).toMatchObject({ stored: 4, received: 4 });
});

test('a decimal comma is one in typed columns only', async () => {
  const { write, runCli } = await openPlace();
  await write('a.csv', `$package;$time;n;v\np;${now};-1.234,5;10.123\n`);
  const { stdout } = await runCli([
    'check',
    'a.csv',
    '--decimal',
    ',',
    '--type',
    'n:number',
    '--show',
    '1',
    '--fill-id',
    'off',
  ]);
  expect(stdout).toContain('"n":-1234.5,"v":"10.123"');
});
