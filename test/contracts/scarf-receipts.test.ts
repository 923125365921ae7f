/** What a run makes of the receipt it has: a job that cannot be seen, comes late, is gone, or is somebody else's. */
import { describe, expect, test } from 'vitest';
import type { CliRun } from '../machine.ts';
import { openHostileScene, type HostileScene } from './hostile/scene.ts';

const row = (n: number, id = true) =>
  `{"$time":"2026-11-22T00:00:00Z","$package":"p","n":${n}${id ? `,"$unique_id":"id-${n}"` : ''}}\n`;
const rows = (count: number, ids = true) =>
  Array.from({ length: count }, (_, index) => row(index, ids)).join('');

const command = ['import', 'a.ndjson', '--json'];
const noIds = ['--fill-id', 'off'];

async function open(text = rows(4)): Promise<HostileScene> {
  const scene = await openHostileScene();
  await scene.write('a.ndjson', text);
  return scene;
}

/** Imports are in no list and under no address. */
function hideImports({ server }: HostileScene): void {
  server.misbehave = ({ method, path }) => {
    if (method !== 'GET' || !path.startsWith('/v2/imports/acme')) return undefined;
    return path.endsWith('/acme') ? { status: 200, body: '{"event_imports":[]}' } : { status: 404 };
  };
}

function showImports({ server }: HostileScene): void {
  server.misbehave = undefined;
}

const uploads = ({ server }: HostileScene) => server.questions.filter(({ path }) => path.endsWith('/import'));

function expectCounts({ exit, report }: CliRun, code: number, counts: Record<string, number>): void {
  expect({ exit, errors: report?.errors }).toEqual({ exit: code, errors: [] });
  expect(report?.counts).toMatchObject(counts);
  const { read = 0, ...others } = report?.counts ?? {};
  expect(Object.values(others).reduce((sum, count) => sum + count, 0)).toBe(read);
}

describe('a job that cannot be seen', () => {
  test('is unknown, and the hint says what a re-run does', async () => {
    const scene = await open();
    hideImports(scene);
    const run = await scene.run(command);
    expectCounts(run, 8, { read: 4, unknown: 4 });
    const [notice] = run.report?.notices.filter(({ code }) => code === 'import-missing') ?? [];
    expect(notice?.message).toContain(String(scene.server.imports[0]?.['id']));
    expect(notice?.hint).toContain('looks for this import first');
  });

  test('is followed by the next run when it is there after all: nothing is sent again', async () => {
    for (const flags of [[], noIds]) {
      const scene = await open(rows(4, flags.length === 0));
      hideImports(scene);
      expectCounts(await scene.run([...command, ...flags], { state: 's' }), 8, { unknown: 4 });
      showImports(scene);
      expectCounts(await scene.run([...command, ...flags], { state: 's' }), 0, { read: 4, accepted: 4 });
      expect(uploads(scene)).toHaveLength(1);
    }
  });

  test('and is gone: the next run looks for it, then sends its rows anew where they carry ids', async () => {
    const scene = await open(`bad\n${rows(4)}`);
    hideImports(scene);
    const argv = [...command, '--rejects', 'bad.ndjson'];
    expectCounts(await scene.run(argv, { state: 's' }), 8, { read: 5, rejected: 1, unknown: 4 });
    const gone = String(scene.server.imports[0]?.['id']);
    const before = scene.server.questions.length;
    scene.server.misbehave = ({ path }) => (path.endsWith(gone) ? { status: 404 } : undefined);
    scene.server.imports.length = 0;
    scene.server.imports.push({ id: '00000000-0000-4000-8000-00000000ffff', status: 'done' });
    expectCounts(await scene.run(argv, { state: 's' }), 3, { read: 5, rejected: 1, accepted: 4 });
    const after = scene.server.questions.slice(before).map(({ method, path }) => `${method} ${path}`);
    const upload = after.indexOf('POST /v2/acme/import');
    expect(after.indexOf(`GET /v2/imports/acme/${gone}`)).toBeLessThan(upload);
    expect(upload).toBeGreaterThan(0);
    // And that was that.
    expectCounts(await scene.run(argv, { state: 's' }), 3, { read: 5, rejected: 1, accepted: 4 });
    expect(uploads(scene)).toHaveLength(2);
  });

  test('and is gone: rows without ids stay unknown, until asked for', async () => {
    const scene = await open(rows(4, false));
    hideImports(scene);
    for (let times = 0; times < 3; times++) {
      expectCounts(await scene.run([...command, ...noIds], { state: 's' }), 8, { read: 4, unknown: 4 });
    }
    expect(uploads(scene)).toHaveLength(1);
    showImports(scene);
    scene.server.imports.length = 0;
    scene.server.imports.push({ id: '00000000-0000-4000-8000-00000000ffff', status: 'done' });
    const resend = [...command, ...noIds, '--on-unknown', 'resend'];
    expectCounts(await scene.run(resend, { state: 's' }), 0, { read: 4, accepted: 4 });
    expect(uploads(scene)).toHaveLength(2);
  });
});

test('a refusal behind a request whose answer was lost leaves rows unknown, in later runs too', async () => {
  const scene = await open();
  let asked = 0;
  scene.server.misbehave = ({ path }) =>
    path.endsWith('/import') ? { status: asked++ === 0 ? 500 : 422, body: 'no' } : undefined;
  for (let times = 0; times < 2; times++) {
    expectCounts(await scene.run(command, { state: 's' }), 8, { read: 4, unknown: 4 });
  }
  expect(asked).toBe(3);
  showImports(scene);
  expectCounts(await scene.run(command, { state: 's' }), 0, { read: 4, accepted: 4 });
});

test('who lets rows in doubt be sent again takes a refusal of them for the last word', async () => {
  const scene = await open();
  let asked = 0;
  scene.server.misbehave = ({ path }) =>
    path.endsWith('/import') ? { status: asked++ === 0 ? 500 : 422, body: 'no' } : undefined;
  expectCounts(await scene.run(command, { state: 's' }), 8, { read: 4, unknown: 4 });
  const last = await scene.run([...command, '--on-unknown', 'resend'], { state: 's' });
  expectCounts(last, 3, { read: 4, rejected: 4 });
});

describe('the id of one import for two chunks', () => {
  const small = ['--chunk-size', '100B', '--retries', '2'];

  test('with ids: the second is sent again, and is never taken for the first', async () => {
    const scene = await open();
    let first: string | undefined;
    let repeats = 0;
    scene.server.misbehave = ({ path }, _response, honest) => {
      if (!path.endsWith('/import')) return undefined;
      first ??= honest.body;
      if (scene.server.imports.length === 0 || repeats > 1) return undefined;
      repeats++;
      return { status: 200, body: first ?? '' };
    };
    expectCounts(await scene.run([...command, ...small]), 0, { read: 4, accepted: 4 });
    expect(new Set(scene.server.taken.join('').trim().split('\n')).size).toBe(4);
  });

  test('without ids: the second is unknown', async () => {
    const scene = await open(rows(4, false));
    let first: string | undefined;
    scene.server.misbehave = ({ path }, _response, honest) => {
      if (!path.endsWith('/import')) return undefined;
      first ??= honest.body;
      return scene.server.imports.length === 0 ? undefined : { status: 200, body: first ?? '' };
    };
    const { exit, report } = await scene.run([...command, ...small, ...noIds]);
    expect(exit).not.toBe(0);
    // The run may end before anybody has looked at the first.
    const { accepted = 0, pending = 0, unknown } = report?.counts ?? {};
    expect(accepted + pending).toBe(1);
    expect(unknown).toBeGreaterThan(0);
  });
});

describe('counters that do not add up', () => {
  /** One event is neither imported nor failed. */
  function leaveOneOut({ server }: HostileScene): void {
    server.gap = 1;
  }

  test('are a warning with the id and both figures', async () => {
    const scene = await open();
    leaveOneOut(scene);
    const run = await scene.run(command);
    expectCounts(run, 0, { read: 4, accepted: 4 });
    expect(run.report).toMatchObject({ unaccounted: 1 });
    const [notice] = run.report?.notices.filter(({ code }) => code === 'unaccounted') ?? [];
    expect(notice?.message).toContain(String(scene.server.imports[0]?.['id']));
    expect(notice?.message).toMatch(/\b4 events were sent\b.*\b3\b/);
    expect(run.stderr).toContain('counters leave out');
  });

  test('make the gap unknown with --strict-counters, also when the run is repeated', async () => {
    const scene = await open();
    leaveOneOut(scene);
    for (let times = 0; times < 2; times++) {
      const run = await scene.run([...command, '--strict-counters'], { state: 's' });
      expectCounts(run, 8, { read: 4, accepted: 3, unknown: 1 });
    }
    expect(uploads(scene)).toHaveLength(1);
  });

  test('stay a warning where the chunk was sent twice, since its ids repeat', async () => {
    const scene = await open();
    leaveOneOut(scene);
    let isFirst = true;
    scene.server.misbehave = ({ path }) => {
      if (!path.endsWith('/import') || !isFirst) return undefined;
      isFirst = false;
      return { status: 502 };
    };
    expectCounts(await scene.run([...command, '--strict-counters']), 0, { read: 4, accepted: 4 });
  });

  test('stay a warning with --again', async () => {
    const scene = await open();
    expectCounts(await scene.run(command, { state: 's' }), 0, { accepted: 4 });
    leaveOneOut(scene);
    const run = await scene.run([...command, '--strict-counters', '--again'], { state: 's' });
    expectCounts(run, 0, { read: 4, accepted: 4 });
  });
});
