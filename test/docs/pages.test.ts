/** Pages that are made from the program: `npm run docs` writes them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isInstalled } from '../installed.ts';
import { generatedPages } from './pages/pages.ts';

const pages = await generatedPages();

it.each([...pages.keys()])('%s is as npm run docs writes it', (path) => {
  expect(existsSync(path) ? readFileSync(path, 'utf8') : '(missing)').toBe(pages.get(path));
});

it('man/ has a page for each command and none for others', () => {
  const expected = [...pages.keys()].filter((path) => path.startsWith('man/'));
  expect(
    readdirSync('man')
      .map((name) => join('man', name))
      .sort(),
  ).toEqual(expected.sort());
});

it.skipIf(!isInstalled('mandoc'))(
  'mandoc finds nothing to say of them (skipped where it is not installed)',
  () => {
    const manuals = [...pages.keys()].filter((path) => path.startsWith('man/'));
    expect(execFileSync('mandoc', ['-Tlint', ...manuals], { encoding: 'utf8' })).toBe('');
  },
);
