/** What `import` promises, shown by whole runs against the sandbox. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/index.ts';
import { eventRows, lines, openPlace, PACKAGE, storedNumbers, upTo, type Place } from '../machine.ts';

const vendorsExample = [
  `{"$package":"${PACKAGE}","$remote_address":"152.241.796.177","$time":"2024-06-04T00:00:00Z","$unique_id":"c20b1271-fb3f-abfa-df12-ef3cda4b2aa0"}`,
  `{"$package":"${PACKAGE}","$remote_address":"600.188.717.651","$time":"2024-06-01T00:00:00Z","$unique_id":"9053a19a-15a9-3695-bd37-b055a45949c1"}`,
  `{"$package":"${PACKAGE}","$remote_address":"665.921.984.205","$time":"2024-06-25T00:00:00Z","$unique_id":"09b5b69a-0af0-8002-2c2b-39df3d5685a4"}`,
];

const texts = (place: Place) => place.sandbox.vendors.scarf.events().map(({ text }) => text);
const imports = (place: Place) => place.sandbox.vendors.scarf.imports();

test("the vendor's own example arrives as it is, with a word about its age", async () => {
  const place = await openPlace();
  await place.write('page.ndjson', lines(vendorsExample));
  const { exit, report, stderr } = await place.importFiles(['page.ndjson']);
  expect(exit).toBe(0);
  expect(report.counts).toMatchObject({ read: 3, accepted: 3 });
  expect(report.warnings).toEqual({ 'old-event': 3 });
  expect(stderr).toMatch(/3 events are older than Scarf's 7-day limit/);
  expect(texts(place)).toEqual(vendorsExample);
});

test('forty files arrive while others hold six of fifteen places', async () => {
  const place = await openPlace({ scarf: { foreignActive: 6, jobMs: 20 } });
  const names = await Promise.all(
    upTo(40).map(async (file) => {
      const name = `${file}.ndjson`;
      await place.write(name, lines(eventRows(50, { first: file * 50 })));
      return name;
    }),
  );
  const { exit, report } = await place.importFiles([...names, '--chunk-size', '8KiB']);
  expect(exit).toBe(0);
  expect(report.counts).toMatchObject({ read: 2000, accepted: 2000 });
  expect(storedNumbers(place.sandbox)).toEqual(upTo(2000));
  expect(place.sandbox.vendors.scarf.counts()['maxActiveImports']).toBeLessThanOrEqual(15);
});

test('bad rows are rejects with their line, and every good row arrives byte for byte', async () => {
  const place = await openPlace();
  const good = [
    `{"$unique_id":"a","$package":"${PACKAGE}","$time":"2126-01-01T00:00:00Z"}`,
    `{"$unique_id":"b","$package":"${PACKAGE}","$time":"2126-01-01T00:00:00Z","big":12345678901234567890}`,
    `{"$unique_id":"c" , "$package":"${PACKAGE}","$time":"2126-01-01T00:00:00Z","escaped":"\\u00e9"}`,
  ] as const;
  const bad = ['not json', `{"$package":"${PACKAGE}"}`, '[1,2]', '{"a":1}{"b":2}'] as const;
  const file = `\ufeff${good[0]}\r\n\r\n${bad[0]}\r\n${good[1]}\r\n${bad[1]}\r\n${bad[2]}\r\n${bad[3]}\r\n${good[2]}`;
  await place.write('odd.ndjson', file);
  const { exit, report } = await place.importFiles(['odd.ndjson', '--rejects', 'bad.ndjson']);
  expect(exit).toBe(3);
  expect(report.counts).toMatchObject({ read: 7, accepted: 3, rejected: 4 });
  expect(texts(place)).toEqual(good);
  expect(await readFile(join(place.directory, 'bad.ndjson'), 'utf8')).toBe(lines(bad));
  const meta = (await readFile(join(place.directory, 'bad.ndjson.meta.ndjson'), 'utf8')).trim().split('\n');
  expect(meta.map((text) => (JSON.parse(text) as { line: number }).line)).toEqual([3, 5, 6, 7]);
});

describe('an artifact that Scarf does not know is reported with the place of its row', () => {
  const artifacts = [{ kind: 'package' as const, id: PACKAGE }];
  const strange = '{"$unique_id":"x","$package":"elsewhere","$time":"2126-01-01T00:00:00Z"}';
  const rowsWith = (count: number, line: number) => {
    const rows = eventRows(count, { ids: true });
    rows[line - 1] = strange;
    return rows;
  };

  async function placesOf(place: Place, argv: string[], stdin?: string) {
    const outcome = await place.importFiles(argv, stdin === undefined ? {} : { stdin });
    expect(outcome.exit).toBe(3);
    expect(await readFile(outcome.report.rejects.path ?? '', 'utf8')).toBe(`${strange}\n`);
    return outcome.report.rejects.reasons.map(({ reason, places }) => ({ reason, places }));
  }
  const at = (path: string, line: number) => [{ reason: 'artifact-not-found', places: [{ path, line }] }];

  test('in a plain file, behind blank lines', async () => {
    const place = await openPlace({ scarf: { artifacts } });
    await place.write('a.ndjson', `\n\n${lines(rowsWith(60, 55))}`);
    expect(await placesOf(place, ['a.ndjson'])).toEqual(at('a.ndjson', 57));
  });

  test('in the third chunk', async () => {
    const place = await openPlace({ scarf: { artifacts } });
    await place.write('a.ndjson', lines(rowsWith(60, 57)));
    expect(await placesOf(place, ['a.ndjson', '--chunk-size', '2KiB'])).toEqual(at('a.ndjson', 57));
    expect(imports(place).length).toBeGreaterThan(2);
  });

  test('in the second of two files packed into one import', async () => {
    const place = await openPlace({ scarf: { artifacts } });
    await place.write('a.ndjson', lines(eventRows(10, { first: 100, ids: true })).trimEnd());
    await place.write('b.ndjson', `\n${lines(rowsWith(60, 57))}`);
    expect(await placesOf(place, ['a.ndjson', 'b.ndjson'])).toEqual(at('b.ndjson', 58));
    expect(imports(place)).toHaveLength(1);
  });

  test('in a gzip file of two members', async () => {
    const place = await openPlace({ scarf: { artifacts } });
    const rows = rowsWith(60, 57);
    await place.write(
      'a',
      Buffer.concat([rows.slice(0, 40), rows.slice(40)].map((part) => gzipSync(lines(part)))),
    );
    expect(await placesOf(place, ['a'])).toEqual(at('a', 57));
  });

  test('in standard input', async () => {
    const place = await openPlace({ scarf: { artifacts } });
    expect(await placesOf(place, ['-'], lines(rowsWith(60, 57)))).toEqual(at('-', 57));
  });
});

test('a wrong token ends the run at once, and is seen nowhere', async () => {
  const place = await openPlace();
  await place.write('a.ndjson', lines(eventRows(5)));
  const token = 'wrong-token-for-this';
  const { exit, report, stdout, stderr } = await place.importFiles(['a.ndjson'], {
    environment: { SCARF_API_TOKEN: token },
  });
  expect(exit).toBe(4);
  expect(report.requests).toBe(1);
  expect(report.counts).toMatchObject({ read: 5, unsent: 5 });
  expect(stdout + stderr).not.toContain(token);
  const files = await readdir(place.directory, { recursive: true, withFileTypes: true });
  const written = files.filter((entry) => entry.isFile());
  expect(written.length).toBeGreaterThan(1);
  for (const { parentPath, name } of written) {
    expect(await readFile(join(parentPath, name), 'utf8')).not.toContain(token);
  }
});

test('a refused run counts the rows of its first chunk, however fast it is refused', async () => {
  const place = await openPlace();
  await place.write('a.ndjson', lines(eventRows(60_000)));
  const environment = { SCARF_API_TOKEN: 'wrong' };
  const { exit, report } = await place.importFiles(['a.ndjson'], { environment });
  expect(exit).toBe(4);
  expect(report.counts).toMatchObject({ read: 60_000, unsent: 60_000 });
});

describe('inputs', () => {
  test('the same bytes twice in one command are sent once', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(5)));
    await place.write('b.ndjson.gz', gzipSync(lines(eventRows(5))));
    const { exit, report, stderr } = await place.importFiles(['a.ndjson', 'b.ndjson.gz']);
    expect(exit).toBe(0);
    expect(report.counts).toMatchObject({ read: 10, accepted: 5, skipped: 5 });
    expect(report.inputs).toMatchObject([{ rows: 5 }, { rows: 5 }]);
    expect(stderr).toContain('b.ndjson.gz holds the same bytes as a.ndjson');
    expect(storedNumbers(place.sandbox)).toEqual(upTo(5));
  });

  test('a check and a repeat count what a delivery counts, and say the same of it', async () => {
    const place = await openPlace();
    // What is not CSV, as its name says: a thing to be told of.
    const rows = lines([...eventRows(1), `{"$package":"${PACKAGE}","$time":"never"}`]);
    await place.write('a.csv', rows);
    await place.write('b.csv', rows);
    const argv = ['a.csv', 'b.csv'];
    const checked = await place.importFiles([...argv, '--dry-run']);
    const { report: first } = await place.importFiles(argv);
    const { report: again } = await place.importFiles(argv);
    expect(first.counts).toMatchObject({ read: 4, accepted: 1, rejected: 1, skipped: 2 });
    expect(first.notices.map(({ code }) => code)).toEqual(['input-read-as', 'same-input']);
    expect(checked.report.counts).toMatchObject({ read: 4, unsent: 1, rejected: 1, skipped: 2 });
    expect(again.alreadyDelivered).toMatchObject({ run: first.run });
    for (const key of ['counts', 'inputs', 'rejects', 'notices'] as const)
      expect(again[key], key).toEqual(first[key]);
    expect(checked.report).toMatchObject({ inputs: first.inputs, notices: first.notices });
  });

  test('inputs without rows are warned of, where no other part may have them', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', '');
    await place.write('b.ndjson', '\n \n');
    const noticesOf = async (...argv: string[]) => (await place.importFiles(argv)).report.notices;
    const code = 'no-rows';
    expect(await noticesOf('a.ndjson')).toEqual([{ code, message: 'a.ndjson holds no rows' }]);
    expect(await noticesOf('?.ndjson')).toEqual([{ code, message: 'none of the 2 inputs holds a row' }]);
    expect(await noticesOf('?.ndjson', '--shard', '0/2')).toEqual([]);
    expect(await noticesOf('none*', '--allow-empty')).toEqual([]);
    expect(await noticesOf('a.ndjson', '--dry-run')).toEqual([{ code, message: 'a.ndjson holds no rows' }]);
    await place.write('cut.ndjson.gz', gzipSync(lines(eventRows(1))).subarray(0, -20));
    expect(await noticesOf('cut.ndjson.gz')).toEqual([]);
    const piped = await place.importFiles(['-'], { stdin: '' });
    expect(piped).toMatchObject({
      exit: 0,
      report: { notices: [{ message: 'standard input holds no rows' }] },
    });
  });

  test('a pattern that matches nothing is a mistake, unless it may', async () => {
    const place = await openPlace();
    expect((await place.runCli(['import', '*.ndjson'])).exit).toBe(2);
    expect((await place.runCli(['import', '*.ndjson', '--allow-empty'])).exit).toBe(0);
    expect(imports(place)).toHaveLength(0);
  });

  test('what leaves is one gzip member a request, of the type that Scarf documents', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(500)));
    await place.importFiles(['a.ndjson', '--chunk-size', '8KiB']);
    const uploads = place.sandbox.traffic.list().filter(({ route }) => route === 'import');
    expect(uploads.length).toBeGreaterThan(3);
    for (const { headers } of uploads) {
      expect(headers).toMatchObject({ 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' });
    }
  });
});

describe('trouble on the way changes nothing that arrives', () => {
  const troubles: [string, Fault[]][] = [
    ['413 until it is small enough', [{ kind: 'status', status: 413, route: 'import', times: 3 }]],
    ['415 for the first type', [{ kind: 'status', status: 415, route: 'import', times: 1 }]],
    [
      '429 with seconds',
      [{ kind: 'status', status: 429, route: 'import', times: 2, headers: { 'Retry-After': '1' } }],
    ],
    [
      '429 with a date',
      [
        {
          kind: 'status',
          status: 429,
          route: 'import',
          times: 2,
          headers: { 'Retry-After': new Date().toUTCString() },
        },
      ],
    ],
    [
      '422, too many active imports',
      [{ kind: 'status', status: 422, route: 'import', times: 20, body: 'too many active imports' }],
    ],
    [
      'ten faults of all kinds in one run',
      [
        { kind: 'reset', at: 'after', route: 'import', skip: 1, times: 1 },
        { kind: 'reset', route: 'import', skip: 1, times: 1 },
        { kind: 'reset-mid-body', route: 'import', skip: 1, times: 1 },
        { kind: 'status', status: 503, headers: { 'Retry-After': '1' }, route: 'import', skip: 1, times: 1 },
        { kind: 'status', status: 502, body: '<html>', route: 'import', skip: 1, times: 1 },
        {
          kind: 'status',
          status: 422,
          body: '{"code":"too-many-active-imports"}',
          route: 'import',
          times: 2,
        },
        { kind: 'garbage', route: 'import', skip: 1, times: 1 },
        { kind: 'status', status: 500, at: 'after', route: 'import', skip: 1, times: 1 },
        { kind: 'reset', route: 'list', skip: 1, times: 1 },
        { kind: 'status', status: 500, route: 'list', skip: 1, times: 1 },
      ],
    ],
  ];

  test.each(troubles)('%s', async (_name, faults) => {
    const place = await openPlace({ faults });
    await place.write('a.ndjson', lines(eventRows(300)));
    const { exit, report } = await place.importFiles(['a.ndjson', '--chunk-size', '8KiB']);
    expect(exit).toBe(0);
    expect(report.counts).toMatchObject({ read: 300, accepted: 300 });
    expect(storedNumbers(place.sandbox)).toEqual(upTo(300));
    expect(place.sandbox.vendors.scarf.counts()['conflicting']).toBe(0);
  });
});

describe('an import that does not end well', () => {
  test.each([
    ['aborts', 7, 'unknown', '1h'],
    ['vanishes', 8, 'unknown', '1h'],
    ['never-ends', 5, 'pending', '90s'],
  ] as const)('%s', async (kind, exit, fate, deadline) => {
    const place = await openPlace({ scarf: { jobMs: 200, outcomes: [{ kind, times: 1 }] } });
    await place.write('a.ndjson', lines(eventRows(5)));
    const outcome = await place.importFiles(['a.ndjson', '--deadline', deadline]);
    expect(outcome).toMatchObject({ exit, report: { counts: { read: 5, [fate]: 5 } } });
  });

  test('an aborted one is sent again by the same command', async () => {
    const place = await openPlace({ scarf: { outcomes: [{ kind: 'aborts', times: 1 }] } });
    await place.write('a.ndjson', lines(['bad', ...eventRows(5)]));
    const command = ['a.ndjson', '--rejects', 'bad.ndjson'];
    expect((await place.importFiles(command)).exit).toBe(7);
    const { exit, report } = await place.importFiles(command);
    expect(exit).toBe(3);
    expect(report.counts).toMatchObject({ read: 6, accepted: 5, rejected: 1, unknown: 0 });
    expect(await readFile(join(place.directory, 'bad.ndjson'), 'utf8')).toBe('bad\n');
    expect(storedNumbers(place.sandbox)).toEqual(upTo(5));
  });

  test('rows without ids of an aborted one are sent again only where asked for, as the next step says', async () => {
    const place = await openPlace({ scarf: { outcomes: [{ kind: 'aborts', times: 1 }] } });
    await place.write('a.ndjson', lines(eventRows(5)));
    const command = ['import', 'a.ndjson', '--fill-id', 'off'];
    const { exit, stderr } = await place.runCli(command);
    expect([exit, stderr]).toEqual([7, expect.stringContaining('need --on-unknown resend')]);
    expect((await place.importFiles(command.slice(1))).exit).toBe(8);
    const { report } = await place.importFiles([...command.slice(1), '--on-unknown', 'resend']);
    expect(report).toMatchObject({ exit: 0, counts: { accepted: 5, unknown: 0 } });
  });
});

describe('rejects and the exit code', () => {
  const mixed = (bad: number) => lines([...eventRows(10 - bad), ...Array.from({ length: bad }, () => 'bad')]);

  test.each([
    [['--allow-rejects', '2'], 0],
    [['--allow-rejects', '1'], 3],
    [['--allow-rejects', '20%'], 0],
    [['--allow-rejects', '19%'], 3],
  ])('%j with two of ten rejected', async (flags, exit) => {
    const place = await openPlace();
    await place.write('a.ndjson', mixed(2));
    const outcome = await place.importFiles(['a.ndjson', ...flags]);
    expect(outcome).toMatchObject({ exit, report: { counts: { read: 10, accepted: 8, rejected: 2 } } });
  });

  test('beyond --max-rejects nothing more is sent', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(['bad', 'bad', ...eventRows(100)]));
    const { exit, report } = await place.importFiles(['a.ndjson', '--max-rejects', '1']);
    expect(exit).toBe(3);
    expect(report.counts).toMatchObject({ read: 102, rejected: 2, unsent: 100 });
    expect(report.notices).toMatchObject([
      { hint: expect.stringContaining('raise --max-rejects') as string },
    ]);
    expect(imports(place)).toHaveLength(0);
  });

  test.each([
    ['20%', { accepted: 8, unsent: 0 }],
    ['19%', { accepted: 0, unsent: 8 }],
  ])('a share bounds few rows too: --max-rejects %s with two of ten', async (bound, counts) => {
    const place = await openPlace();
    await place.write('a.ndjson', mixed(2));
    const { exit, report } = await place.importFiles(['a.ndjson', '--max-rejects', bound]);
    expect(exit).toBe(3);
    expect(report.counts).toMatchObject({ read: 10, rejected: 2, ...counts });
  });

  test('of a share, rows that earlier runs settled are part', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', mixed(0));
    await place.importFiles(['a.ndjson']);
    await place.write('a.ndjson', mixed(0) + lines(['bad', ...eventRows(1, { first: 10 })]));
    const { exit, report } = await place.importFiles(['a.ndjson', '--max-rejects', '10%']);
    expect(exit).toBe(3);
    expect(report.counts).toMatchObject({ read: 12, accepted: 11, rejected: 1 });
  });

  test('a thousand bad rows at the beginning are enough, though good ones stand behind them', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines([...Array.from({ length: 1000 }, () => 'bad'), ...eventRows(5)]));
    const { exit, report } = await place.importFiles(['a.ndjson']);
    expect(exit).toBe(3);
    expect(report.counts).toMatchObject({ accepted: 0, rejected: 1000, unsent: 5 });
    expect(report.notices).toMatchObject([
      { hint: expect.stringContaining('correct the options') as string },
    ]);
    expect(imports(place)).toHaveLength(0);
  });

  test('a mistake in a header is said once', async () => {
    const place = await openPlace();
    await place.write('a.csv', '$time,x,x\n');
    const { exit, report } = await place.importFiles(['a.csv']);
    expect(exit).toBe(2);
    expect(report.errors).toHaveLength(1);
  });
});
