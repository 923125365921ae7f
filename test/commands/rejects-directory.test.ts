/** `--rejects DIR/`: a file for each input, under names that stay, however little is left to deliver. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openHostileScene } from '../contracts/hostile/scene.ts';

const call = '{"request":{"time":"2026-11-22T00:00:00Z","uri":"https://a.example/","verb":"GET"}}';

test('a run that is resumed keeps the names that finished inputs decided', async () => {
  const { server, directory, write, run } = await openHostileScene();
  for (const name of ['first', 'second']) await mkdir(join(directory, name));
  await write('first/a.ndjson', `${call}\nbad 1\n`);
  await write('second/a.ndjson', `bad 2\n${`${call}\n`.repeat(3)}`);
  let uploads = 0;
  server.misbehave = ({ method }) => (method === 'POST' && ++uploads > 2 ? { status: 500 } : undefined);
  const inputs = ['first/a.ndjson', 'second/a.ndjson'];
  const small = ['--batch-events', '1', '--retries', '0'];
  const asked = [
    'ingest',
    'moesif',
    ...inputs,
    ...small,
    '--rejects',
    'bad/',
    '--on-unknown',
    'resend',
    '--json',
  ];
  const cut = await run(asked, { state: 's' });
  expect(cut.exit).toBe(5);
  server.misbehave = undefined;
  const resumed = await run(['runs', 'resume', cut.report?.run ?? '', '--json'], { state: 's' });
  expect(resumed.exit).toBe(3);
  expect(resumed.report?.counts).toMatchObject({ read: 4, accepted: 3, rejected: 1 });
  const rejects = (name: string) => readFile(join(directory, 'bad', name), 'utf8');
  expect([await rejects('1-a.ndjson'), await rejects('2-a.ndjson')]).toEqual(['bad 1\n', 'bad 2\n']);
});
