import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startScriptedServer, type Question } from '../../http/scripted-server.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { readTable } from './read-back.ts';
import { runCli } from './run-cli.ts';

const id = '970493a1-4ca0-4a4d-a085-fdce578e5a08';

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

async function exportWith(argv: string[], answer: Answer | ((question: Question) => Answer)) {
  const directory = await temporaryDirectory();
  const server = await startScriptedServer(typeof answer === 'function' ? answer : () => answer);
  onTestFinished(() => server.close());
  const run = await runCli(['export', ...argv], { url: server.url, directory });
  return { ...run, directory, asked: server.questions.map(({ url }) => decodeURIComponent(url)) };
}

function lines(rows: unknown[]): Answer {
  return { status: 200, body: rows.map((row) => `${JSON.stringify(row)}\n`).join('') };
}

const row = {
  date: '2026-11-01',
  artifact: id,
  artifact_name: 'npm/widget',
  rollup: 'weekly',
  breakdowns: ['by-company', 'by-version'],
  company_name: 'ACME, Inc.',
  total: 12,
  unique_origins: null,
  a_new_key: 'kept',
};

describe('aggregates', () => {
  test('v3: both dates, an exclusive end, one rollup, the dimensions in one parameter', async () => {
    const argv = ['aggregates', '--rollup', 'weekly', '--breakdown', 'by-company,by-version'];
    const { exit, asked, directory } = await exportWith(
      [...argv, '--package', id, '--from', '2026-11-02', '--to', '2026-11-15', '--output', 'a.csv'],
      lines([row]),
    );
    expect(exit).toBe(0);
    expect(asked).toEqual([
      '/v3/insights/acme/aggregations/export?rollup=weekly&start_date=2026-11-02&end_date=2026-11-16' +
        `&breakdown_set=by-company,by-version&package_id=${id}`,
    ]);
    const [read] = await readTable(join(directory, 'a.csv'));
    expect(read).toMatchObject({
      date: '2026-11-01',
      company_name: 'ACME, Inc.',
      total: '12',
      unique_origins: '',
      breakdowns: '["by-company","by-version"]',
      a_new_key: 'kept',
    });
  });

  test('NDJSON passes through byte for byte', async () => {
    const text = '{"date":"2026-11-02","total":9007199254740993,"x":1.50}\n';
    const { directory } = await exportWith(['aggregates', '--output', 'a.ndjson'], {
      status: 200,
      body: text,
    });
    expect(await readFile(join(directory, 'a.ndjson'), 'utf8')).toBe(text);
  });

  test('more than a year of months goes in windows of whole months', async () => {
    const { asked } = await exportWith(
      ['aggregates', '--rollup', 'monthly', '--from', '2025-01', '--to', '2026-03', '--output', 'a.ndjson'],
      lines([]),
    );
    expect(asked.map((url) => /start_date=(\S+)&end_date=(\S+)$/.exec(url)?.slice(1))).toEqual([
      ['2025-01-01', '2026-01-01'],
      ['2026-01-01', '2026-04-01'],
    ]);
  });

  test('counts of companies are asked for as JSON and become rows', async () => {
    const { exit, asked, directory } = await exportWith(
      ['aggregates', '--rollup', 'total', '--breakdown', 'by-company-size', '--output', 'a.csv'],
      { status: 200, body: { data: [{ date: '2026-11-01', company_count: 7 }] } },
    );
    expect(exit).toBe(0);
    expect(asked[0]).toContain('format=json');
    expect(await readTable(join(directory, 'a.csv'))).toMatchObject([{ company_count: '7' }]);
  });

  test('a torn JSON document is asked for again', async () => {
    const bodies = ['{"data":[{"date":"2026-', '{"data":[{"company_count":7}]}'];
    let asked = 0;
    const { exit } = await exportWith(
      ['aggregates', '--rollup', 'total', '--breakdown', 'by-company-size', '--output', 'a.csv'],
      (_: Question) => ({ status: 200, body: bodies[asked++] }),
    );
    expect([exit, asked]).toEqual([0, 2]);
  });

  const page = '<!doctype html>\n<html><head>\n<title>Sign in</title></head>\n</html>\n';
  const others: [string, Answer][] = [
    ['a page', { status: 200, headers: { 'content-type': 'text/html' }, body: page }],
    ['a page that is called NDJSON', { status: 200, body: page }],
    ['a page in one line', { status: 200, body: page.replaceAll('\n', ' ') }],
    ['an error in JSON', lines([{ error: 'maintenance', message: 'try later' }])],
    ['texts', lines(['a', 'b'])],
    ['a part of the rows', { ...lines([row]), status: 206 }],
  ];
  describe.each(['daily', 'weekly'])('%s', (rollup) => {
    test.each(others)(
      'success with %s is no row: asked for again, and what was there stays',
      async (_, other) => {
        const directory = await temporaryDirectory();
        let answer = lines([row]);
        const server = await startScriptedServer(() => answer);
        onTestFinished(() => server.close());
        const days = ['--rollup', rollup, '--from', '2026-10-26', '--to', '2026-11-01', '--retries', '1'];
        const run = () =>
          runCli(['export', 'aggregates', ...days, '--output', 'a.ndjson'], { url: server.url, directory });
        expect((await run()).exit).toBe(0);
        answer = other;
        expect((await run()).exit).toBe(5);
        expect(server.questions).toHaveLength(3);
        expect(await readFile(join(directory, 'a.ndjson'), 'utf8')).toBe(`${JSON.stringify(row)}\n`);
      },
    );
  });

  test.each(['\n', '\r\n \n'])('blank lines are no rows, and an answer (%j)', async (body) => {
    const argv = ['aggregates', '--from', '2026-11-01', '--to', '2026-11-01', '--output', 'a.ndjson'];
    const { exit, directory } = await exportWith(argv, { status: 200, body });
    expect(exit).toBe(0);
    expect(await readFile(join(directory, 'a.ndjson'), 'utf8')).toBe('');
  });

  test('another window than asked for is said', async () => {
    const { stderr } = await exportWith(
      ['aggregates', '--from', '2026-11-01', '--to', '2026-11-10', '--output', 'a.ndjson'],
      {
        ...lines([]),
        headers: {
          'x-scarf-effective-start-date': '2026-11-01',
          'x-scarf-effective-end-date': '2026-11-08',
        },
      },
    );
    expect(stderr).toContain('Scarf returned 2026-11-01 to 2026-11-07 instead of 2026-11-01 to 2026-11-10');
  });

  test('v2: the inclusive end, one rollup, dimensions repeated', async () => {
    const { asked } = await exportWith(
      ['aggregates', '--api', 'v2', '--breakdown', 'by-company,by-country', '--from', '2026-11-01'].concat([
        '--to',
        '2026-11-02',
        '--query',
        'widget*',
        '--output',
        'a.ndjson',
      ]),
      lines([]),
    );
    expect(asked).toEqual([
      '/v2/packages/acme/aggregates?rollup=daily&start_date=2026-11-01&end_date=2026-11-02' +
        '&breakdown=by-company&breakdown=by-country&query=widget*',
    ]);
  });

  test('an owner in the wrong letter case is explained', async () => {
    const { exit, stderr } = await exportWith(['aggregates', '--output', 'a.ndjson'], {
      status: 404,
      body: { detail: 'Organization not found' },
    });
    expect(exit).toBe(2);
    expect(stderr).toContain('this interface minds letter case: is "acme" written exactly as at Scarf?');
  });

  const refused: [string[], RegExp][] = [
    [['--breakdown', 'by-moon'], /no breakdown "by-moon"/],
    [['--breakdown', 'by-company,by-country,by-version'], /at most 2/],
    [['--package', 'all', '--package', id], /stand alone/],
    [['--query', '*', '--package', id], /--query does not go/],
    [['--pixels-of', id, '--package', id], /--pixels-of does not go/],
    [['--breakdown', 'by-company-size'], /need --rollup total/],
    [['--rollup', 'total', '--breakdown', 'by-company-size,by-country'], /no second dimension/],
    [['--rollup', 'total', '--from', '2024-01', '--to', '2026-01'], /cannot be combined/],
    [['--api', 'v2', '--rollup', 'total'], /no --rollup total/],
    [['--api', 'v2', '--package', id], /by --query only/],
    [['--api', 'v2', '--breakdown', 'by-endpoint'], /no breakdown "by-endpoint"/],
    [['--rollup', 'weekly', '--split', 'day', '--output', 'out/'], /--rollup daily/],
  ];
  test.each(refused)('%o is refused before anything is asked', async (argv, message) => {
    const output = argv.includes('--output') ? [] : ['--output', 'a.ndjson'];
    const { exit, stderr, asked } = await exportWith(['aggregates', ...argv, ...output], lines([]));
    expect(exit).toBe(2);
    expect(stderr).toMatch(message);
    expect(asked).toEqual([]);
  });
});

describe('companies and scores', () => {
  const csv = (text: string): Answer => ({ status: 200, body: text });

  test('the rollup of all companies is asked for without dates', async () => {
    const { exit, asked, directory } = await exportWith(
      ['companies', '--output', 'companies.ndjson'],
      csv('company_name,company_domain,total_events,new\n"ACME, Inc.",acme.example,12,x\n'),
    );
    expect(exit).toBe(0);
    expect(asked).toEqual(['/v2/packages/acme/company-rollup']);
    expect(await readFile(join(directory, 'companies.ndjson'), 'utf8')).toBe(
      '{"company_name":"ACME, Inc.","company_domain":"acme.example","total_events":12,"new":"x"}\n',
    );
  });

  test.each(['package', 'pixel'])('by %s has days', async (by) => {
    const { asked } = await exportWith(
      ['companies', '--by', by, '--from', '2026-11-01', '--to', '2026-11-02', '--output', 'c.csv'],
      csv(`date,${by},total\n2026-11-01,x,3\n`),
    );
    expect(asked).toEqual([`/v2/companies/acme/${by}-rollup?start_date=2026-11-01&end_date=2026-11-02`]);
  });

  test('scores', async () => {
    const { exit, asked, stdout } = await exportWith(['scores'], csv('company,scarf_score\nACME,0.9\n'));
    expect(exit).toBe(0);
    expect(asked).toEqual(['/v2/companies/acme/scoring']);
    expect(stdout.toString()).toBe('company,scarf_score\nACME,0.9\n');
  });

  test('events of one company', async () => {
    const { asked } = await exportWith(
      ['company-events', 'acme.example', '--from', '2026-11-01', '--to', '2026-11-02', '--output', 'c.csv'],
      csv('id,time\n'),
    );
    expect(asked).toEqual([
      '/v2/companies/acme/acme.example/events?start_date=2026-11-01&end_date=2026-11-02',
    ]);
  });

  test.each([
    [['companies', '--incremental', '--output', 'c.csv'], /not split by day/],
    [['company-events', 'https://acme.example', '--output', 'c.csv'], /not a company domain/],
  ])('%o is refused', async (argv, message) => {
    const { exit, stderr } = await exportWith(argv, csv(''));
    expect(exit).toBe(2);
    expect(stderr).toMatch(message);
  });
});
