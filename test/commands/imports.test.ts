import { describe, expect, test } from 'vitest';
import { fullIds } from '../../src/commands/imports/full-ids.ts';
import { openPlace, type Place } from '../machine.ts';

const row = (time = new Date().toISOString()) => `${JSON.stringify({ $package: 'p', $time: time })}\n`;

/** Imports a file of so many rows and gives the id of the job. */
async function importRows(place: Place, name: string, content: string): Promise<string> {
  await place.write(name, content);
  const { report } = await place.importFiles([name, '--no-wait']);
  return report.jobs[0]?.id ?? '';
}

describe('imports', () => {
  test('list is one JSON array on one line, newest first, as long as asked', async () => {
    const place = await openPlace();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c'])
      ids.push(
        await importRows(
          place,
          `${name}.ndjson`,
          row() + row(name === 'a' ? undefined : '2026-11-20T00:00:00Z'),
        ),
      );
    const { exit, stdout } = await place.runCli(['imports', 'list', '--json', '--limit', '2']);
    expect(exit).toBe(0);
    expect(stdout.split('\n')).toHaveLength(2);
    const listed = JSON.parse(stdout) as { id: string }[];
    expect(listed.map(({ id }) => id)).toEqual(ids.reverse().slice(0, 2));
  });

  test('more imports than a page of the server are all listed', async () => {
    const place = await openPlace({ scarf: { foreignActive: 14 } });
    const { stdout } = await place.runCli([
      'imports',
      'list',
      '--status',
      'importing',
      '--json',
      '--limit',
      '50',
    ]);
    expect(JSON.parse(stdout)).toHaveLength(14);
  });

  test('a list that nobody bounded says when it is not all', async () => {
    const listed = async (imports: number, ...argv: string[]) => {
      const place = await openPlace({ scarf: { foreignActive: imports } });
      const { stdout, stderr } = await place.runCli(['imports', 'list', '--json', ...argv]);
      return [(JSON.parse(stdout) as unknown[]).length, stderr];
    };
    expect(await listed(30)).toEqual([30, '']);
    expect(await listed(31)).toEqual([30, expect.stringContaining('--limit')]);
    expect(await listed(31, '--limit', '30')).toEqual([30, '']);
  });

  test('show and log tell of one import', async () => {
    const place = await openPlace();
    const id = await importRows(place, 'a.ndjson', row() + row());
    await place.runCli(['imports', 'wait', id]);
    const shown = JSON.parse((await place.runCli(['imports', 'show', id, '--json'])).stdout) as Record<
      string,
      unknown
    >;
    expect(shown).toMatchObject({ id, status: 'done', events_total: 2 });
    const log = await place.runCli(['imports', 'log', id, '--json']);
    expect(log.exit).toBe(0);
    expect(Array.isArray(JSON.parse(log.stdout))).toBe(true);
  });

  test('may be named by the beginning of their ids', async () => {
    const place = await openPlace({ scarf: { foreignActive: 3 } });
    const id = await importRows(place, 'a.ndjson', row());
    const listed = await place.runCli(['imports', 'list', '--jq', '.[].id', '--limit', '10']);
    const ids = listed.stdout.trim().split('\n');
    expect(ids).toHaveLength(4);
    const prefix = (length: number) => id.slice(0, length);
    const length = [1, 2, 3, 4, 5, 6, 7, 8].find(
      (count) => ids.filter((one) => one.startsWith(prefix(count))).length === 1,
    );
    const shown = await place.runCli(['imports', 'show', prefix(length ?? 8).toUpperCase(), '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({ id });
    const ambiguous = await place.runCli(['imports', 'show', '']);
    expect(ambiguous.exit).toBe(2);
  });

  test('an id that is the beginning of several is refused, with what it may mean', async () => {
    const known = ['aa1', 'aa2', 'b'];
    const listAll = () => Promise.resolve(known);
    await expect(fullIds(['aa'], listAll)).rejects.toThrow('"aa" is the beginning of 2 imports: aa1, aa2');
    const unlisted = '00000000-0000-4000-8000-000000000000';
    expect(await fullIds(['B', 'aa1', unlisted], listAll)).toEqual(['b', 'aa1', unlisted]);
    await expect(fullIds(['B', 'c'], listAll)).rejects.toThrow('c');
    await expect(fullIds([''], () => Promise.resolve(['b']))).rejects.toMatchObject({ kind: 'usage' });
  });

  test('are listed in a table, and an empty list says so', async () => {
    const place = await openPlace();
    const empty = await place.runCli(['imports', 'list']);
    expect(empty).toMatchObject({ exit: 0, stdout: '' });
    expect(empty.stderr).toContain('No imports');
    const id = await importRows(place, 'a.ndjson', row());
    await place.runCli(['imports', 'wait', id]);
    const { stdout } = await place.runCli(['imports', 'list']);
    expect(stdout).toMatch(
      new RegExp(`^ID +STATUS +EVENTS +IMPORTED +FAILED +CREATED\\n${id} +done +1 +1 +0 +\\S.*\\n$`),
    );
  });

  test('wait ends with the exit code of what it waited for', async () => {
    const place = await openPlace({
      scarf: { jobMs: 200, outcomes: [{ kind: 'aborts', skip: 1, times: 1 }] },
    });
    const good = await importRows(place, 'a.ndjson', row());
    const aborted = await importRows(place, 'b.ndjson', row() + row('2026-11-20T00:00:00Z'));
    expect((await place.runCli(['imports', 'wait', good])).exit).toBe(0);
    expect((await place.runCli(['imports', 'wait', good, aborted])).exit).toBe(7);
  });

  test('wait gives up at its deadline', async () => {
    const place = await openPlace({ scarf: { outcomes: [{ kind: 'never-ends' }] } });
    const id = await importRows(place, 'a.ndjson', row());
    expect((await place.runCli(['imports', 'wait', id, '--deadline', '1s'])).exit).toBe(5);
  });

  test('abort ends what is named, and all only when meant', async () => {
    const place = await openPlace({ scarf: { outcomes: [{ kind: 'never-ends' }], foreignActive: 2 } });
    const id = await importRows(place, 'a.ndjson', row());
    expect((await place.runCli(['imports', 'abort', '--all'])).exit).toBe(2);
    expect((await place.runCli(['imports', 'abort'])).exit).toBe(2);
    const one = await place.runCli(['imports', 'abort', id, '--json']);
    expect(JSON.parse(one.stdout)).toEqual([{ id, result: 'aborted' }]);
    const all = await place.runCli(['imports', 'abort', '--all', '--yes', '--json']);
    expect(JSON.parse(all.stdout)).toHaveLength(2);
    const left = await place.runCli(['imports', 'list', '--status', 'importing', '--json']);
    expect(JSON.parse(left.stdout)).toEqual([]);
  });

  test('abort of an import that has ended says how, and is no mistake', async () => {
    const place = await openPlace();
    const id = await importRows(place, 'a.ndjson', row());
    await place.runCli(['imports', 'wait', id]);
    const { exit, stdout } = await place.runCli(['imports', 'abort', id]);
    expect(exit).toBe(0);
    expect(stdout).toContain('done');
    expect(stdout).toContain('had ended before');
    const asJson = await place.runCli(['imports', 'abort', id, '--json']);
    expect(JSON.parse(asJson.stdout)).toMatchObject([{ id, result: 'ended', status: 'done' }]);
  });

  test('abort twice: the second time it had ended', async () => {
    const place = await openPlace({ scarf: { outcomes: [{ kind: 'never-ends' }] } });
    const id = await importRows(place, 'a.ndjson', row());
    expect((await place.runCli(['imports', 'abort', id])).stdout).toContain('aborted');
    const again = await place.runCli(['imports', 'abort', id]);
    expect(again).toMatchObject({ exit: 0, stdout: expect.stringContaining('had ended before') as string });
  });

  test.each([
    ['an id that does not exist', ['00000000-0000-4000-8000-000000000000']],
    ['what is no id', ['not-an-id']],
    ['another owner', ['00000000-0000-4000-8000-000000000000', '--owner', 'nobody']],
    ['all of another owner', ['--all', '--yes', '--owner', 'nobody']],
  ])('abort of %s is a usage error', async (_name, argv) => {
    const place = await openPlace();
    const { exit, stderr } = await place.runCli(['imports', 'abort', ...argv]);
    expect(exit).toBe(2);
    expect(stderr).toContain('--owner');
  });

  test('wait for an id that does not exist is a usage error, once it had time to appear', async () => {
    const place = await openPlace();
    const startMs = performance.now();
    const { exit } = await place.runCli(['imports', 'wait', '00000000-0000-4000-8000-000000000000'], {
      machine: { elapsedMs: () => (performance.now() - startMs) * 1000 },
    });
    expect(exit).toBe(2);
  });

  test('wait for what cannot be an id is a usage error at once', async () => {
    const place = await openPlace();
    const { exit, stderr } = await place.runCli(['imports', 'wait', 'not-an-id'], {
      machine: { sleep: () => Promise.reject(new Error('it waits')) },
    });
    expect([exit, stderr]).toEqual([2, expect.stringContaining('not-an-id')]);
  });

  test('an id that does not exist is a usage error', async () => {
    const place = await openPlace();
    const { exit } = await place.runCli(['imports', 'show', '00000000-0000-4000-8000-000000000000']);
    expect(exit).toBe(2);
  });

  test('a wrong token is exit 4', async () => {
    const place = await openPlace();
    const { exit, stdout, stderr } = await place.runCli(['imports', 'list'], {
      environment: { SCARF_API_TOKEN: 'wrong-one' },
    });
    expect(exit).toBe(4);
    expect(stdout + stderr).not.toContain('wrong-one');
  });
});
