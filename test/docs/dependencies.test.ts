import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readDocument, tableUnder } from './documents.ts';

interface PackageFile {
  license?: string;
  dependencies?: Record<string, string>;
}

const readPackage = (directory: string) =>
  JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as PackageFile;

const rows = tableUnder(readDocument('docs/dependencies.md'), 'Dependencies');

it('names every package that is installed with the command, and no other', () => {
  const expected = Object.keys(readPackage('.').dependencies ?? {}).sort();
  expect(rows.map(([name]) => name)).toEqual(expected);
});

it.each(rows.map(([name = '', what = '', licence = '']) => ({ name, what, licence })))(
  'says of $name what it is for, and its true licence',
  ({ name, what, licence }) => {
    expect(what).not.toBe('');
    expect(readPackage(join('node_modules', name)).license).toBe(licence);
  },
);
