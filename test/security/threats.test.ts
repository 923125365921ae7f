import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDocument, tableUnder } from '../docs/documents.ts';

const threats = tableUnder(readDocument(join('docs', 'security.md')), 'Threats');

/** Tests of this folder that are about the table and no threat of it. */
const aboutTheTable = ['threats.test.ts'];

describe('the threats in docs/security.md', () => {
  it('are a table of four columns, each filled', () => {
    expect(threats.length).toBeGreaterThan(3);
    expect(threats.filter((row) => row.length !== 4 || row.includes(''))).toEqual([]);
  });

  it.each(threats)('%s: the code and the test exist', (_threat, _rule, code = '', test = '') => {
    const missing = [...pathsIn(code, 'src/'), ...pathsIn(test, 'test/')].filter((path) => !existsSync(path));
    expect(missing).toEqual([]);
    expect(pathsIn(code, 'src/')).not.toEqual([]);
    expect(pathsIn(test, 'test/').filter((path) => path.endsWith('.test.ts'))).not.toEqual([]);
  });

  it('name every file of test/security', () => {
    const named = new Set(threats.flatMap(([, , , test = '']) => pathsIn(test, 'test/')));
    const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'));
    const unnamed = files.filter((name) => !named.has(`test/security/${name}`));
    expect(unnamed.filter((name) => !aboutTheTable.includes(name))).toEqual([]);
  });
});

/** The paths between backticks in a cell; one that lies elsewhere than it should counts as missing. */
function pathsIn(cell: string, folder: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, path = '']) =>
    path.startsWith(folder) ? path : `${folder}? ${path}`,
  );
}
