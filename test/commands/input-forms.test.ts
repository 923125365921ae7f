/** Files as people have them: each is given to `check` and to a delivery, which must agree. */
import { describe, expect, test } from 'vitest';
import { openPlace } from '../machine.ts';

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

describe.each([['JSON', JSON_CASES]])('%s', (_, cases) => {
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
