/** Rejects that cannot be written change nothing of what the vendor has: the next run writes them. */
import { writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CliRun } from '../machine.ts';
import { openHostileScene, type HostileScene } from '../contracts/hostile/scene.ts';

const event = '{"$time":"2026-11-22T00:00:00Z","$package":"p"}';
const call = '{"request":{"time":"2026-11-22T00:00:00Z","uri":"https://a.example/","verb":"GET"}}';
const signup = '{"_type":"signup"}';
const bad = '{"torn';

const vendors: [string, { argv: string[]; row: string; upload: RegExp; first: Record<string, number> }][] = [
  ['scarf', { argv: ['import'], row: event, upload: /\/import$/, first: { pending: 2 } }],
  [
    'scarf without ids',
    { argv: ['import', '--fill-id', 'off'], row: event, upload: /\/import$/, first: { pending: 2 } },
  ],
  ['moesif', { argv: ['ingest', 'moesif'], row: call, upload: /\/events/, first: { accepted: 2 } }],
  [
    'loginsight',
    { argv: ['ingest', 'loginsight'], row: '{"text":"a"}', upload: /ingest/, first: { accepted: 2 } },
  ],
  [
    'sumatra, in a batch',
    { argv: ['ingest', 'sumatra', '--batch'], row: signup, upload: /batch/, first: { accepted: 2 } },
  ],
];

/** While the first upload is on its way, a file takes the place of the directory of the rejects. */
function blockRejects({ server, directory }: HostileScene, upload: RegExp): void {
  server.misbehave = ({ method, path }) => {
    if (method === 'POST' && upload.test(path)) writeFileSync(join(directory, 'kept'), '');
    return undefined;
  };
}

function expectCounts({ exit, report }: CliRun, code: number, counts: Record<string, number>): void {
  const none = { accepted: 0, rejected: 0, skipped: 0, pending: 0, unknown: 0, unsent: 0 };
  expect({ exit, counts: report?.counts }).toEqual({ exit: code, counts: { ...none, ...counts } });
}

test.each(vendors)('%s', async (_name, { argv, row, upload, first }) => {
  const scene = await openHostileScene();
  const { server, directory } = scene;
  await scene.write('rows.ndjson', `${row}\n${bad}\n${row}\n`);
  const command = [...argv, 'rows.ndjson', '--rejects', 'kept/bad.ndjson', '--json'];

  blockRejects(scene, upload);
  const cut = await scene.run(command, { state: 's' });
  expectCounts(cut, 6, { read: 3, rejected: 1, ...first });
  expect(JSON.stringify(cut.report?.notices)).toContain('rejects-not-kept');

  // As long as there is no place for them, the next run ends so as well, and sends nothing.
  const still = await scene.run(command, { state: 's' });
  expect(still.exit).not.toBe(0);

  server.misbehave = undefined;
  await rm(join(directory, 'kept'));
  const sent = server.taken.length;
  expectCounts(await scene.run(command, { state: 's' }), 3, { read: 3, accepted: 2, rejected: 1 });
  expect(await readFile(join(directory, 'kept/bad.ndjson'), 'utf8')).toBe(`${bad}\n`);
  expectCounts(await scene.run(command, { state: 's' }), 3, { read: 3, accepted: 2, rejected: 1 });
  expect(server.taken).toHaveLength(sent);
});
