import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { Artifact, ScarfExportOptions, ScarfOptions } from '../../src/sandbox/index.ts';
import { openSandbox, scarfHeaders, type Opened } from './open.ts';

const columns =
  'id,type,package,pixel,version,time,referer,user_agent,platform,variables,origin_id,origin_latitude,' +
  'origin_longitude,origin_country,origin_city,origin_postal,origin_connection_type,origin_company,' +
  'origin_domain,dnt,confidence,endpoint_id,origin_state,mtc_quota_exceeded';

const artifacts: Artifact[] = [
  { kind: 'package', id: 'p1', name: 'npm/widget', type: 'npm' },
  { kind: 'package', id: 'p2', name: 'gadget', type: 'docker' },
  { kind: 'pixel', id: 'x1', name: 'Docs', packageId: 'p1' },
];

async function open(exports: ScarfExportOptions = {}, scarf: ScarfOptions = {}): Promise<Opened> {
  return openSandbox({ scarf: { artifacts, exports: { eventsPerDay: 200, ...exports }, ...scarf } });
}

async function get(sandbox: Opened, path: string): Promise<Response> {
  return fetch(sandbox.url + path, { headers: scarfHeaders });
}

async function rowsOf(sandbox: Opened, path: string): Promise<string[][]> {
  const reply = await get(sandbox, path);
  expect(reply.status).toBe(200);
  return parse(await reply.text());
}

const week = 'start_date=2026-11-02&end_date=2026-11-08';
const idsOf = (rows: string[][]): string[] => rows.slice(1).map(([id]) => id ?? '');

describe('a raw export', () => {
  it('has 24 columns in their real order and the same rows whenever it is asked', async () => {
    const sandbox = await open();
    const reply = await get(sandbox, `/v2/packages/sandbox/events?${week}`);
    expect(reply.headers.get('content-type')).toContain('text/csv');
    expect(reply.headers.get('content-disposition')).toContain(
      'events-scarf-export-2026-11-02-2026-11-08.csv',
    );
    const text = await reply.text();
    expect(text.slice(0, text.indexOf('\n'))).toBe(columns);
    sandbox.advance(86_400_000);
    expect(await (await get(sandbox, `/v2/packages/sandbox/events?${week}`)).text()).toBe(text);
    const other = await open({ seed: 2 });
    expect(await (await get(other, `/v2/packages/sandbox/events?${week}`)).text()).not.toBe(text);
  });

  it('holds each event of both end days, some of them twice, cell for cell', async () => {
    const sandbox = await open({ duplicateShare: 0.1, oddShare: 0.2 });
    const rows = await rowsOf(sandbox, `/v2/packages/sandbox/events?${week}`);
    const expected = [...sandbox.vendors.scarf.exportedRows('package', '2026-11-02', '2026-11-08')];
    expect(expected).toHaveLength(1400);
    expect(rows.length).toBeGreaterThan(1500);
    const distinct = new Map(rows.slice(1).map((row) => [row[0], row]));
    expect([...distinct.values()]).toEqual(expected);
    const days = new Set(rows.slice(1).map((row) => row[5]?.slice(0, 10)));
    expect([...days].sort()).toEqual([2, 3, 4, 5, 6, 7, 8].map((day) => `2026-11-0${day}`));
    const all = rows.flat().join('');
    for (const special of ['"', ',', '\n', '\r\n', '東京']) expect(all).toContain(special);
  });

  it('is cut to what was asked for', async () => {
    const sandbox = await open({ duplicateShare: 0 });
    const all = idsOf(await rowsOf(sandbox, `/v2/packages/sandbox/events?${week}`));
    const one = await rowsOf(sandbox, `/v2/packages/sandbox/p1/events?${week}`);
    const other = await rowsOf(sandbox, `/v2/packages/sandbox/events?${week}&query=gad*`);
    expect(idsOf([...one, ...other.slice(1)]).sort()).toEqual([...all].sort());
    expect(new Set(one.slice(1).map((row) => row[2]))).toEqual(new Set(['npm/widget']));
    const pixels = await rowsOf(sandbox, `/v2/tracking-pixels/sandbox/events?${week}`);
    expect(new Set(pixels.slice(1).map((row) => `${row[1]} ${row[2]} ${row[3]}`))).toEqual(
      new Set(['pixel-fetch  Docs']),
    );
    expect(await rowsOf(sandbox, `/v2/packages/sandbox/x1/events?${week}`)).toEqual(pixels);
    const company = await rowsOf(sandbox, `/v2/companies/sandbox/acme.example/events?${week}`);
    expect(company.length).toBeGreaterThan(10);
    expect(new Set(company.slice(1).map((row) => row[18]))).toEqual(new Set(['acme.example']));
  });

  it('shows late events and companies only when their time has come, and nothing of the future', async () => {
    const sandbox = await open({ lateShare: 0.2, lateDays: 2, lateCompanyShare: 0.5, lateCompanyDays: 14 });
    const yesterday = '/v2/packages/sandbox/events?start_date=2026-11-21&end_date=2026-11-21';
    const distinct = async (): Promise<number> => new Set(idsOf(await rowsOf(sandbox, yesterday))).size;
    const attributed = async (): Promise<number> =>
      (await rowsOf(sandbox, yesterday)).filter((row) => row[17] !== '').length;
    expect(await distinct()).toBeLessThan(190);
    const before = await attributed();
    sandbox.advance(2 * 86_400_000);
    expect(await distinct()).toBe(200);
    sandbox.advance(14 * 86_400_000);
    expect(await attributed()).toBeGreaterThan(before);
    expect(
      await rowsOf(sandbox, '/v2/packages/sandbox/events?start_date=2030-01-01&end_date=2030-01-02'),
    ).toHaveLength(1);
  });

  it('refuses what it does not know, with a code', async () => {
    const sandbox = await open({ maxRangeDays: 7 });
    const code = async (path: string): Promise<[number, unknown]> => {
      const reply = await get(sandbox, path);
      const text = await reply.text();
      return [reply.status, text.startsWith('{') ? (JSON.parse(text) as { code: string }).code : text];
    };
    const long = 'start_date=2026-11-01&end_date=2026-11-08';
    expect(await code(`/v2/packages/sandbox/events?${long}`)).toEqual([400, 'range-too-long']);
    expect(await code(`/v2/packages/sandbox/events?${week}&query={a`)).toEqual([
      400,
      'invalid-package-query',
    ]);
    expect(await code(`/v2/packages/sandbox/nothing/events?${week}`)).toEqual([404, 'not-found']);
    expect(await code(`/v2/packages/stranger/events?${week}`)).toEqual([404, 'not-found']);
    expect(await code('/v2/packages/sandbox/events?start_date=2026-02-30')).toEqual([
      400,
      'Unable to recognize query parameter: start_date',
    ]);
    const free = await open({}, { plan: 'starter' });
    expect((await get(free, `/v2/packages/sandbox/events?${week}`)).status).toBe(403);
    expect((await get(free, '/v3/insights/sandbox/aggregations/export')).status).toBe(200);
    const member = await open({}, { role: 'member' });
    expect((await get(member, `/v2/packages/sandbox/events?${week}`)).status).toBe(403);
  });

  it('is cut within, by a fault, at any byte', async () => {
    const sandbox = await open();
    const path = `/v2/packages/sandbox/events?${week}`;
    const whole = await (await get(sandbox, path)).text();
    sandbox.faults.append([{ route: 'events-csv', kind: 'reset-mid-reply', afterBytes: 70_000, times: 1 }]);
    sandbox.faults.append([{ route: 'events-csv', kind: 'short-reply', afterBytes: 70_000, times: 1 }]);
    await expect(get(sandbox, path).then((reply) => reply.text())).rejects.toThrow();
    const short = Buffer.from(await (await get(sandbox, path)).arrayBuffer());
    expect(short.equals(Buffer.from(whole).subarray(0, 70_000))).toBe(true);
    expect(await (await get(sandbox, path)).text()).toBe(whole);
  });
});

describe('the aggregates', () => {
  interface Row {
    date: string;
    artifact: string;
    artifact_type: string;
    rollup: string;
    country: string | null;
    total: number;
  }
  const path = '/v3/insights/sandbox/aggregations/export';
  const rows = async (sandbox: Opened, query: string): Promise<Row[]> => {
    const reply = await get(sandbox, `${path}?start_date=2026-11-02&end_date=2026-11-09&${query}`);
    expect(reply.status).toBe(200);
    const lines = (await reply.text()).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Row);
  };

  it('of v3 exclude their last day, fill some thirty keys and name the window they used', async () => {
    const sandbox = await open();
    const daily = await rows(sandbox, 'rollup=daily&package_id=p1');
    expect(daily.map(({ date }) => date)).toEqual([2, 3, 4, 5, 6, 7, 8].map((day) => `2026-11-0${day}`));
    expect(Object.keys(daily[0] ?? {}).length).toBeGreaterThanOrEqual(29);
    expect(await rows(sandbox, 'rollup=weekly&package_id=p1')).toHaveLength(1);
    const reply = await get(sandbox, path);
    expect(reply.headers.get('x-scarf-effective-start-date')).toBe('2026-10-24');
    expect(reply.headers.get('x-scarf-effective-end-date')).toBe('2026-11-23');
    const json = await get(sandbox, `${path}?format=json&rollup=total&breakdown=by-company-size`);
    expect(((await json.json()) as { data: object[] }).data[0]).toMatchObject({
      company_count: 2,
      rollup: 'total',
    });
  });

  it('of v3 select artifacts by the documented rules', async () => {
    const sandbox = await open();
    const of = async (query: string): Promise<string[]> =>
      (await rows(sandbox, `rollup=total&${query}`)).map(
        ({ artifact, artifact_type: type }) => artifact || type,
      );
    expect(await of('')).toEqual(['p1', 'p2', 'x1']);
    expect(await of('package_id=all')).toEqual(['p1', 'p2']);
    expect(await of('package_id=p2&package_id=unknown')).toEqual(['p2']);
    expect(await of('package_id=unknown')).toEqual([]);
    expect(await of('tracking_pixel_id=all&package_id=none')).toEqual(['x1']);
    expect(await of('tracking_pixels_for_package_id=p1')).toEqual(['x1']);
    expect(await of('query=npm/*')).toEqual(['p1']);
    expect(await of('group_by_artifact=false')).toEqual(['package', 'tracking-pixel']);
    expect(
      await rows(sandbox, 'rollup=total&package_id=p1&breakdown_set=by-country,by-version'),
    ).toHaveLength(9);
  });

  it.each([
    ['start_date=2025-01-01&end_date=2026-11-01', 422],
    ['start_date=2026-11-01&end_date=2026-11-01', 422],
    ['rollup=hourly', 422],
    ['breakdown=by-nothing', 422],
    ['breakdown_set=by-country,by-version,by-client', 422],
    ['breakdown=by-company-size&format=json', 422],
    ['package_id=all&package_id=p1', 422],
    ['query=a&package_id=p1', 422],
  ])('of v3 refuse %s with %i and a detail', async (query, status) => {
    const reply = await get(await open(), `${path}?${query}`);
    expect(reply.status).toBe(status);
    expect(Object.keys((await reply.json()) as object)).toEqual(['detail']);
  });

  it('of v3 look at the letter case of the owner', async () => {
    const reply = await get(await open(), path.replace('sandbox', 'Sandbox'));
    expect([reply.status, await reply.json()]).toEqual([404, { detail: 'Organization not found' }]);
  });

  it('of v2 include their last day and overlap when no rollup is named', async () => {
    const sandbox = await open();
    const old = async (query: string): Promise<string[]> => {
      const reply = await get(sandbox, `/v2/packages/SANDBOX/aggregates?${week}&query=gadget&${query}`);
      return (await reply.text())
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as Row).rollup);
    };
    expect(await old('rollup=daily')).toHaveLength(7);
    expect(new Set(await old(''))).toEqual(new Set(['daily', 'weekly', 'monthly', 'yearly']));
    expect((await get(sandbox, '/v2/packages/sandbox/aggregates?rollup=total')).status).toBe(400);
  });
});

describe('the company exports', () => {
  it.each([
    ['/v2/packages/sandbox/company-rollup', 24, 5],
    ['/v2/companies/sandbox/package-rollup', 7, 70],
    ['/v2/companies/sandbox/pixel-rollup', 7, 35],
    ['/v2/companies/sandbox/scoring', 6, 5],
  ])('%s has %i columns and %i rows', async (path, width, count) => {
    const rows = await rowsOf(await open(), `${path}?${week}`);
    expect([rows[0]?.length, rows.length - 1]).toEqual([width, count]);
  });
});

describe('lists of artifacts', () => {
  it('stop at the page size, page by id or name, and carry links on demand', async () => {
    const many = Array.from({ length: 12 }, (_, index): Artifact => ({
      kind: 'package',
      id: `id${index}`,
      name: `n/${index}`,
      type: 'npm',
    }));
    const list = async (
      sandbox: Opened,
      query: string,
    ): Promise<{ results: { id: string }[]; _links?: object }> =>
      (await (await get(sandbox, `/v2/packages/sandbox${query}`)).json()) as { results: { id: string }[] };
    const sandbox = await open({}, { artifacts: many });
    const ids = async (query: string): Promise<string[]> =>
      (await list(sandbox, query)).results.map(({ id }) => id);
    expect(await ids('')).toHaveLength(10);
    expect(await ids('?after=id9')).toEqual(['id10', 'id11']);
    expect(await ids('?after=n/9')).toEqual(['id10', 'id11']);
    expect(await ids('?page=2')).toEqual(['id10', 'id11']);
    expect(await ids('?type=docker')).toEqual([]);
    expect((await list(sandbox, ''))._links).toBeUndefined();
    const linked = await open({}, { artifacts: many, links: true });
    expect((await list(linked, ''))._links).toMatchObject({
      next: { href: '/v2/packages/sandbox?after=id9' },
    });
    expect(await (await get(sandbox, '/v2/packages/sandbox/npm/n%2F3')).json()).toMatchObject({ id: 'id3' });
    expect((await get(sandbox, '/v2/packages/sandbox/docker/n%2F3')).status).toBe(404);
  });

  it('are searched with a JSON body and no other', async () => {
    const sandbox = await open();
    const search = (contentType: string): Promise<Response> =>
      fetch(`${sandbox.url}/v2/search`, {
        method: 'POST',
        headers: { ...scarfHeaders, 'content-type': contentType },
        body: '{"query":"widget"}',
      });
    expect(await (await search('application/json')).json()).toMatchObject({
      results: [{ type: 'package', package: { id: 'p1', name: 'npm/widget', type: 'npm' } }],
    });
    const refused = await search('text/plain');
    expect([refused.status, await refused.text()]).toEqual([415, '']);
  });
});
