import { expect, it } from 'vitest';
import { isMissed } from '../../src/sources/glob.ts';

it.each([
  ['is left out', '/data/events/', 'EACCES', true],
  ['is left out by a fault of the disk', '/data/lost+found/', 'EIO', true],
  ['of a volume, for what repairs find, is none of the inputs', '/data/lost+found/', 'EACCES', false],
  ['has a name like it', '/data/lost+found.old/', 'EACCES', true],
  ['is gone', '/data/events/', 'ENOENT', false],
])('a directory that cannot be read: one that %s', (_, path, code, missed) => {
  expect(isMissed(path, { code })).toBe(missed);
});
