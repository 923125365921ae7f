import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { buildCli, runProcess } from './cli-process.ts';
import { makeEvents, writeCsv } from './event-rows.ts';
import { startExportServer, type Misbehave } from './export-server.ts';
import { realMachine } from '../../../src/real-machine.ts';
import { runCli } from './run-cli.ts';

const plan = { from: '2026-11-01', to: '2026-11-05', perDay: 500 };
const rows = makeEvents(plan);
const whole = writeCsv(rows);
const range = ['--from', plan.from, '--to', plan.to];

/** Runs an export of all rows to events.csv in a directory of its own. */
async function exportWith(misbehave: Misbehave, options: string[] = []) {
  const directory = await temporaryDirectory();
  const { url, asked } = await startExportServer({ rows: () => rows, misbehave });
  const argv = ['export', 'events', ...range, '--output', 'events.csv', ...options];
  return { ...(await runCli(argv, { url, directory })), directory, asked };
}

function breakOff(response: ServerResponse, text: string): void {
  response.write(text, () => response.destroy());
}

describe('a download that is cut', () => {
  test('at every 64 KiB in turn, then whole: the file is right and no part stays', async () => {
    const cuts: number[] = [];
    for (let at = 65_536; at < whole.length; at += 65_536) cuts.push(at);
    const { exit, directory, asked, waits } = await exportWith(
      ({ before }, response) => {
        const at = cuts[before];
        if (at === undefined) return false;
        breakOff(response, whole.slice(0, at));
        return true;
      },
      ['--retries', String(cuts.length)],
    );
    expect(exit).toBe(0);
    expect(asked).toHaveLength(cuts.length + 1);
    expect(waits).toHaveLength(cuts.length);
    expect(await readFile(join(directory, 'events.csv'), 'utf8')).toBe(whole);
    expect(await readdir(directory)).toEqual(['events.csv']);
  });

  const quietCuts: [string, string][] = [
    ['in the middle of a row', whole.slice(0, 100_000)],
    ['in a quoted cell', whole.slice(0, whole.indexOf('say ""hello"",\nthen') + 16)],
    ['before its last line end', whole.slice(0, -1)],
    ['by an error behind half a row', `${whole.slice(0, whole.indexOf('\n', 90_000) + 60)}Internal error\n`],
    ['and replaced by a page of a proxy', '<html>\n<h1>Bad gateway</h1>\n</html>\n'],
  ];
  test.each(quietCuts)('%s, though the transfer ends in order, is asked for again', async (_, text) => {
    const { exit, directory, asked } = await exportWith(({ before }, response) => {
      if (before > 0) return false;
      response.end(text);
      return true;
    });
    expect(exit).toBe(0);
    expect(asked).toHaveLength(2);
    expect(await readFile(join(directory, 'events.csv'), 'utf8')).toBe(whole);
  });

  test('by the same short row each time is a table with a damaged row: exit 3, the row among the rejects', async () => {
    const end = `${whole.slice(whole.lastIndexOf('\n', whole.length - 2) + 1).slice(0, 60)}timeout\n`;
    const answer: Misbehave = (_, response) => {
      response.end(whole + end);
      return true;
    };
    const { exit, stderr, directory, asked } = await exportWith(answer, ['--rejects', 'rejects.csv']);
    expect(exit).toBe(3);
    expect(asked).toHaveLength(3);
    expect(stderr).toContain('ends in a damaged row');
    expect(await readFile(join(directory, 'events.csv'), 'utf8')).toBe(whole);
    expect(await readFile(join(directory, 'rejects.csv'), 'utf8')).toBe(writeCsv([]) + end);
  });

  test('every time: exit 5, an older file stays, no part does', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'events.csv'), 'older');
    const { url, asked } = await startExportServer({
      rows: () => rows,
      misbehave: (_, response) => {
        breakOff(response, whole.slice(0, 70_000));
        return true;
      },
    });
    const argv = ['export', 'events', ...range, '--output', 'events.csv', '--retries', '2', '--json'];
    const { exit, stderr, stdout } = await runCli(argv, { url, directory });
    expect(exit).toBe(5);
    expect(asked).toHaveLength(3);
    expect(stderr).toContain('also after 2 retries');
    expect(JSON.parse(stdout.toString())).toMatchObject({
      exit: 5,
      complete: false,
      files: [],
      errors: [{ kind: 'unavailable' }],
    });
    expect(await readFile(join(directory, 'events.csv'), 'utf8')).toBe('older');
    expect(await readdir(directory)).toEqual(['events.csv']);
  });

  test('in a later window leaves no file, though the first window is whole', async () => {
    const { exit, directory } = await exportWith(
      ({ from }, response) => {
        if (from < '2026-11-03') return false;
        breakOff(response, 'id,type\n');
        return true;
      },
      ['--window', '1d', '--retries', '1'],
    );
    expect(exit).toBe(5);
    expect(await readdir(directory)).toEqual([]);
  });
});

describe('an answer', () => {
  /** Without a length or chunks: the end of the connection is its end. */
  const unframed: Misbehave = ({ from }, response) => {
    const day = rows.filter(({ time = '' }) => time.startsWith(from));
    response.socket?.end(`HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\n\r\n${writeCsv(day)}`);
    return true;
  };

  test.each([
    ['that marks no end', unframed, 1],
    ['that does', () => false, 0],
  ])(
    '%s: that its end was seen is doubted once, at the end of the run, and only there',
    async (_, misbehave, times) => {
      const options = ['--window', '1d', '--json'];
      const { exit, directory, stdout, stderr } = await exportWith(misbehave, options);
      expect(exit).toBe(0);
      expect(await readFile(join(directory, 'events.csv'), 'utf8')).toBe(whole);
      const { notices } = JSON.parse(stdout.toString()) as { notices: { code: string }[] };
      expect(notices.filter(({ code }) => code === 'end-unverified')).toHaveLength(times);
      expect(stderr.split('cannot be verified')).toHaveLength(1 + times);
    },
  );

  test.each([
    [429, { 'retry-after': '7' }, [7000]],
    [503, { 'retry-after': 'Sun, 22 Nov 2026 12:00:30 GMT' }, [30_000]],
    [500, {}, undefined],
    [502, {}, undefined],
  ])('%i %o is asked for again', async (status, headers, expected) => {
    const { exit, asked, waits } = await exportWith(({ before }, response) => {
      if (before > 0) return false;
      response.writeHead(status, headers).end();
      return true;
    });
    expect(exit).toBe(0);
    expect(asked).toHaveLength(2);
    if (expected !== undefined) expect(waits).toEqual(expected);
    else expect(waits[0]).toBeLessThanOrEqual(1000);
  });

  test.each([
    [401, {}, 4, /the token is found at/],
    [403, { message: 'Not a pro member', code: 'not-a-pro-member' }, 4, /paid plan.*Owner or Admin/],
    [404, { code: 'not-found' }, 2, /check --owner "acme"/],
    [400, { message: 'bad query', code: 'invalid-package-query' }, 2, /bad query/],
    [422, {}, 2, /check the selection/],
    [302, {}, 2, /check SCARF_API_URL/],
  ])('%i %o ends the run at once', async (status, body, code, words) => {
    const { exit, asked, stderr, directory } = await exportWith((_, response) => {
      response.writeHead(status).end(JSON.stringify(body));
      return true;
    });
    expect(exit).toBe(code);
    expect(asked).toHaveLength(1);
    expect(stderr).toMatch(words);
    expect(stderr).not.toContain('secret-token');
    expect(await readdir(directory)).toEqual([]);
  });

  test('that the range is too long is met with halves, remembered for later windows', async () => {
    const { exit, directory, asked } = await exportWith(
      ({ from, to }, response) => {
        const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
        if (days <= 1) return false;
        response.writeHead(400).end(JSON.stringify({ code: 'range-too-long', message: 'too long' }));
        return true;
      },
      ['--window', '4d', '--concurrency', '1'],
    );
    expect(exit).toBe(0);
    expect(await readFile(join(directory, 'events.csv'), 'utf8')).toBe(whole);
    expect(asked.map((label) => label.slice(label.indexOf(' ') + 1))).toEqual([
      '2026-11-01..2026-11-04',
      '2026-11-01..2026-11-02',
      '2026-11-01..2026-11-01',
      '2026-11-02..2026-11-02',
      '2026-11-03..2026-11-03',
      '2026-11-04..2026-11-04',
      '2026-11-05..2026-11-05',
    ]);
  });

  test('that even one day is too long ends the run', async () => {
    const { exit, stderr } = await exportWith((_, response) => {
      response.writeHead(400).end(JSON.stringify({ code: 'range-too-long' }));
      return true;
    });
    expect(exit).toBe(5);
    expect(stderr).toContain('for a single day');
  });

  test.each([
    ['only a header', writeCsv([])],
    ['nothing at all', ''],
  ])('with %s is success, and says that there are no rows', async (_, text) => {
    const { exit, stderr, directory } = await exportWith((__, response) => {
      response.writeHead(200, { 'content-length': text.length }).end(text);
      return true;
    });
    expect(exit).toBe(0);
    expect(stderr).toContain('Scarf has no rows for these days');
    expect((await readFile(join(directory, 'events.csv'), 'utf8')).trimEnd()).toBe(writeCsv([]).trimEnd());
  });
});

describe('ids that need more memory than they may', () => {
  test('are forgotten window by window', async () => {
    const directory = await temporaryDirectory();
    const many = makeEvents({ from: '2026-11-01', to: '2026-11-04', perDay: 16_000 });
    const { url } = await startExportServer({ rows: () => many, duplicateEvery: 1000 });
    const { exit, stderr } = await runCli(
      [
        'export',
        'events',
        '--from',
        '2026-11-01',
        '--to',
        '2026-11-04',
        '--window',
        '1d',
        '--concurrency',
        '1',
      ].concat(['--dedupe-memory', '1MiB', '--output', 'events.csv']),
      { url, directory },
    );
    expect(exit).toBe(0);
    expect(stderr).toContain('too many ids for --dedupe-memory');
    expect(await readFile(join(directory, 'events.csv'), 'utf8')).toBe(writeCsv(many));
  });

  test('of several days make the window shorter; of one day they end the run', async () => {
    const directory = await temporaryDirectory();
    const many = makeEvents({ from: '2026-11-01', to: '2026-11-02', perDay: 60_000 });
    const { url, asked } = await startExportServer({ rows: () => many });
    const options = ['--from', '2026-11-01', '--to', '2026-11-02', '--output', 'events.csv'];
    const fitting = await runCli(['export', 'events', ...options, '--dedupe-memory', '2000kB'], {
      url,
      directory,
    });
    expect(fitting.exit).toBe(0);
    expect(asked).toHaveLength(3);
    const tight = await runCli(['export', 'events', ...options, '--dedupe-memory', '1MiB'], {
      url,
      directory,
    });
    expect(tight.exit).toBe(6);
    expect(tight.stderr).toContain('--keep-duplicates');
  });
});

test('a place that cannot be written is exit 6', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'file'), '');
  const { url } = await startExportServer({ rows: () => rows });
  const argv = ['export', 'events', ...range, '--output', 'file/events.csv'];
  const { exit, stderr } = await runCli(argv, { url, directory });
  expect(exit).toBe(6);
  expect(stderr).toContain(join(directory, 'file'));
});

test('Ctrl-C ends the run with 130 and leaves nothing behind', async () => {
  const real = realMachine();
  const directory = await temporaryDirectory();
  let interrupt: ((name: 'SIGINT') => void) | undefined;
  const { url } = await startExportServer({
    rows: () => rows,
    misbehave: (_, response) => {
      response.write(whole.slice(0, 100_000), () => interrupt?.('SIGINT'));
      return true;
    },
  });
  const argv = ['export', 'events', ...range, '--output', 'events.csv', '--json'];
  const { exit, stdout } = await runCli(argv, {
    url,
    directory,
    machine: {
      // The two seconds that an orderly end has are those of the clock.
      sleep: (ms, signal) => real.sleep(ms, signal),
      onSignal: (listener) => {
        interrupt = listener;
        return () => undefined;
      },
    },
  });
  expect(exit).toBe(130);
  expect(JSON.parse(stdout.toString())).toMatchObject({ complete: false, files: [], exit: 130 });
  expect(await readdir(directory)).toEqual([]);
});

test('a file that cannot grow ends the run with 6, and no file takes the final name', async () => {
  const directory = await temporaryDirectory();
  const { url } = await startExportServer({ rows: () => makeEvents({ ...plan, perDay: 3_000 }) });
  const cli = await buildCli();
  onTestFinished(cli.remove);
  const { code, stderr } = await runProcess({
    // A limit on the size of files stands for a disk that is full.
    command: ['sh', '-c', 'ulimit -f 4000; trap "" XFSZ; exec "$@"', 'sh', process.execPath, cli.path],
    argv: ['export', 'events', ...range, '--output', 'events.csv'],
    directory,
    environment: { SCARF_API_TOKEN: 'secret', SCARF_OWNER: 'acme', SCARF_API_URL: url },
  });
  expect(stderr).toMatch(/cannot write .*events\.csv.*the file would be too large \(EFBIG\)/);
  expect(code).toBe(6);
  expect(await readdir(directory)).toEqual([]);
});

test('files have the mode that the user wants, not that of a secret', async () => {
  const { directory } = await exportWith(() => false);
  const { mode } = await stat(join(directory, 'events.csv'));
  expect(mode & 0o777).toBe(0o666 & ~process.umask());
});
