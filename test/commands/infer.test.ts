/** What `check --infer` prints is given to a shell as it stands, and what the shell makes of it is run. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { openPlace } from '../machine.ts';

const now = new Date().toISOString();
const day = now.slice(0, 10);

interface InferCase {
  vendor: 'scarf' | 'moesif' | 'sumatra' | 'loginsight';
  file: string;
  content: string | Buffer;
  flags?: string[];
  /** Given on standard input. */
  isPiped?: boolean;
  rows: number;
  /** Of the first event at the vendor. */
  stored: object;
}

const call = { request: { time: now, verb: 'GET', uri: 'https://a.example/?q=1' } };
const field = (name: string, content: string) => expect.arrayContaining([{ name, content }]) as unknown;

const CASES: Record<string, InferCase> = {
  'Scarf: a table with odd names': {
    vendor: 'scarf',
    file: "it's a file, $HOME.csv",
    content: `Log Date,"say ""when""",package,it's,IP\n${day},10:00:00.123,p,5,192.0.2.1\n${day},10:00:01,p,6,192.0.2.2\n`,
    flags: ['--map', 'Log Date+say "when"=$time', '--drop', "it's"],
    rows: 2,
    stored: { $time: `${day}T10:00:00.123Z`, $package: 'p', $remote_address: '192.0.2.1' },
  },
  'Scarf: day and time in two columns': {
    vendor: 'scarf',
    file: '-dash.csv',
    content: `Date,Clock time,id,n\n${day},10:00:00,a,1\n${day},10:00:01,b,2\n`,
    flags: ['--package', 'p'],
    rows: 2,
    stored: { $time: `${day}T10:00:00Z`, $unique_id: 'a', n: 1 },
  },
  'Scarf: dates with slashes and semicolons': {
    vendor: 'scarf',
    file: 'a.csv',
    content: 'when;package\n25/06/2026 10:00;p\n07/06/2026 10:00;p\n',
    rows: 2,
    stored: { $time: '2026-06-25T10:00:00Z' },
  },
  'Scarf: a title above a table that a spreadsheet wrote': {
    vendor: 'scarf',
    file: 'a.csv',
    content: Buffer.from(`Report\nof ${day}\n\nwhen;n;n;note;;\n${now};1;2;\x93caf\xe9\x94;;\n`, 'latin1'),
    flags: ['--package', 'p'],
    rows: 1,
    stored: { $time: now, n: 1, column3: 2, note: '“café”' },
  },
  'Scarf: JSON that is called a table': {
    vendor: 'scarf',
    file: 'a.csv',
    content: `{"when":"${now}","package":"p","n":"1,2"}\n`,
    rows: 1,
    stored: { $time: now, n: '1,2' },
  },
  'Scarf: NDJSON on standard input': {
    vendor: 'scarf',
    file: '-',
    isPiped: true,
    content: `{"eventTime":"${now}","context":{"ip":"192.0.2.1"},"n":"5","package":"p"}\n`,
    rows: 1,
    stored: { $time: now, $remote_address: '192.0.2.1', n: 5 },
  },
  'Scarf: an envelope': {
    vendor: 'scarf',
    file: 'a.json',
    content: JSON.stringify({ Records: [{ eventTime: now, eventID: 'x', package: 'p' }], next: null }),
    rows: 1,
    stored: { $time: now, $unique_id: 'x', $package: 'p' },
  },
  'Scarf: columns that repeat a name': {
    vendor: 'scarf',
    file: 'a.tsv',
    content: `n\tn\t when \tpackage\n1\t2\t${now}\tp\n`,
    rows: 1,
    stored: { $time: now, n: 1 },
    flags: ['--drop', '#2'],
  },
  'Moesif: a table': {
    vendor: 'moesif',
    file: 'calls.csv',
    content: `Timestamp,Method,URL,Status Code,Client IP\n${now},GET,https://a.example/,200,192.0.2.1\n`,
    rows: 1,
    stored: {
      request: { time: now, verb: 'GET', uri: 'https://a.example/', ip_address: '192.0.2.1' },
      response: { time: now, status: 200 },
    },
  },
  'Moesif: HAR': {
    vendor: 'moesif',
    file: 'a.har.json',
    content: JSON.stringify({
      log: {
        version: '1.2',
        entries: [
          {
            startedDateTime: now,
            time: 12.5,
            request: { method: 'GET', url: 'https://a.example/', headers: [{ name: 'a', value: 'b' }] },
            response: { status: 200, headers: [] },
          },
        ],
      },
    }),
    rows: 1,
    stored: {
      request: { time: now, verb: 'GET', headers: { a: 'b' } },
      response: { time: now, status: 200 },
    },
  },
  'Moesif: rows that need nothing': {
    vendor: 'moesif',
    file: 'a.ndjson',
    content: `${JSON.stringify(call)}\n`,
    rows: 1,
    stored: call,
  },
  'Moesif: actions': {
    vendor: 'moesif',
    file: 'a.csv',
    content: `event,url,when\nClicked,https://a.example/,${now}\n`,
    flags: ['--actions'],
    rows: 1,
    stored: { action_name: 'Clicked', request: { uri: 'https://a.example/', time: now } },
  },
  'Sumatra: a table': {
    vendor: 'sumatra',
    file: 'a.csv',
    content: 'event,amount,ok\nsignup,1.5,true\n',
    rows: 1,
    stored: { _type: 'signup', amount: 1.5, ok: true },
  },
  'Log Insight: lines of text': {
    vendor: 'loginsight',
    file: 'app server.log',
    content: '2026-11-25 10:00:00,123 INFO started, at last\nnext\n',
    rows: 2,
    stored: { text: '2026-11-25 10:00:00,123 INFO started, at last' },
  },
  'Log Insight: journald': {
    vendor: 'loginsight',
    file: 'a.json',
    content: '{"__REALTIME_TIMESTAMP":"1764064800123456","MESSAGE":"hi","PRIORITY":"6"}\n',
    rows: 1,
    stored: { text: 'hi', timestamp: 1_764_064_800_123, fields: field('priority', '6') },
  },
  'Log Insight: keys that are read by themselves': {
    vendor: 'loginsight',
    file: 'a.ndjson',
    content: `{"msg":"hi","@timestamp":"2026-11-25T10:00:00.123Z"}\n`,
    rows: 1,
    stored: { text: 'hi', timestamp: Date.parse('2026-11-25T10:00:00.123Z') },
  },
};

/** The arguments that a shell makes of what was printed; comments are none. */
function argumentsOf(printed: string): string[] {
  const script = `scarf-cli() { printf '%s\\0' "$@"; }\n${printed}`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

test.each(Object.entries(CASES))('%s', async (_name, given) => {
  const { vendor, file, content, flags = [], isPiped = false, rows, stored } = given;
  const { write, runCli, sandbox } = await openPlace({
    moesif: { keepEvents: true },
    sumatra: { keepEvents: true },
    loginsight: { keepEvents: true },
  });
  if (!isPiped) await write(file, content);
  const stdin = isPiped ? { stdin: String(content) } : {};
  const name = file.startsWith('-') && !isPiped ? `./${file}` : file;
  const argv = ['check', name, '--target', vendor, ...flags, '--infer'];
  const inferred = await runCli(argv, { ...stdin, machine: { argv } });
  expect(inferred).toMatchObject({ exit: 0 });
  const proposed = argumentsOf(inferred.stdout);
  const delivered = await runCli([...proposed, '--json'], stdin);
  expect(delivered).toMatchObject({ exit: 0, report: { counts: { read: rows, accepted: rows } } });
  const events = sandbox.vendors[vendor].events();
  expect(JSON.parse(events[0]?.text ?? '{}')).toMatchObject(stored);

  const asJson = [...argv, '--json'];
  const document = await runCli(asJson, { ...stdin, machine: { argv: asJson } });
  const { proposals } = JSON.parse(document.stdout) as { proposals: Record<string, unknown>[] };
  expect(proposals).toHaveLength(1);
  expect(proposals[0]).toMatchObject({ isReady: true, argv: ['scarf-cli', ...proposed] });
});

describe('before anything is proposed', () => {
  test.each([
    ['a name that no row has', ['--drop', 'm'], 'there is $package, when'],
    ['a field that Scarf does not know', ['--map', 'when=$tme'], '$time?'],
  ])('%s ends with exit 2', async (_name, flags, says) => {
    const { write, runCli } = await openPlace();
    await write('a.csv', `$package,when\np,${now}\n`);
    const argv = ['check', 'a.csv', '--infer', ...flags];
    const { exit, stderr, stdout } = await runCli(argv, { machine: { argv } });
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(says);
  });

  test('a required field that nothing gives is named, with what gives it', async () => {
    const { write, runCli } = await openPlace();
    await write('a.csv', `when,n\n${now},1\n`);
    const argv = ['check', 'a.csv', '--infer'];
    const { exit, stdout } = await runCli(argv, { machine: { argv } });
    expect(exit).toBe(3);
    expect(stdout).toContain('# found: $time, in when');
    expect(stdout).toMatch(/^# not found: one of \$package, .*--package ID/m);
  });

  test('what holds no rows is told of, and one damaged row is no other encoding', async () => {
    const { write, runCli } = await openPlace();
    await write('a.csv', '');
    await write('b.ndjson', "{'when': None}\n");
    await write('d.ndjson', Buffer.from('{"a":"\xc3\xa9"}\n{"a":"\xff"}\n', 'latin1'));
    await write('c.parquet', 'PAR1\x15\x04\x15\x10PAR1');
    const infer = (name: string) => {
      const argv = ['check', name, '--infer'];
      return runCli(argv, { machine: { argv } });
    };
    expect((await infer('a.csv')).stdout).toContain('# a.csv is empty\n');
    expect((await infer('b.ndjson')).stdout).toContain(
      '# b.ndjson holds no row that can be read as ndjson\n',
    );
    expect((await infer('d.ndjson')).stdout).not.toContain('--encoding');
    expect(await infer('c.parquet')).toMatchObject({ exit: 6, stdout: '' });
  });

  test('inputs that need the same options are sent by one command, others by their own', async () => {
    const { write, runCli } = await openPlace();
    await write('a.csv', `when,package\n${now},p\n`);
    await write('b.csv', `when,package\n${now},p\n`);
    await write('c.csv', `ts,package\n${now},p\n`);
    const argv = ['check', '*.csv', '--infer'];
    const { stdout } = await runCli(argv, { machine: { argv } });
    expect(stdout.split('\n').filter((line) => line.startsWith('scarf-cli'))).toEqual([
      "scarf-cli import a.csv b.csv --map 'when=$time' --map 'package=$package'",
      "scarf-cli import c.csv --map 'ts=$time' --map 'package=$package'",
    ]);
  });
});
