/** What is no longer asked for: the end of a stream of which not everything was needed. */
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { unxz } from '../../src/sources/packed/xz.ts';
import { readInput } from '../formats/cases/case.ts';

test('a stream whose last piece is unpacked and not asked for ends without an error', async () => {
  const source = { isClosed: false };
  async function* pieces() {
    try {
      yield readInput('containers/xz.ndjson.xz');
      await turn();
    } finally {
      source.isClosed = true;
    }
  }
  const rows = unxz(pieces(), 'a.xz');
  await rows.next();
  // The library unpacks ahead by now; with less of it done there is nothing to show, and nothing fails.
  for (let turns = 0; turns < 20; turns++) await turn();
  await expect(rows.return()).resolves.toMatchObject({ done: true });
  expect(source.isClosed).toBe(true);
});
