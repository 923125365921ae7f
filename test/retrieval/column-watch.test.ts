import { describe, expect, test } from 'vitest';
import type { RowEncoding } from '../../src/contracts/dataset.ts';
import type { Notice } from '../../src/contracts/sink.ts';
import type { Partition } from '../../src/contracts/window.ts';
import { ColumnWatch } from '../../src/retrieval/column-watch.ts';

const partition = (columns: string, encoding: RowEncoding = 'csv'): Partition => ({
  ...{ day: undefined, encoding, path: undefined, rows: 1, bytes: 1, headerBytes: 1, lineEnd: undefined },
  columns: columns.split(' ').map((name) => ({ name, type: 'text' })),
  read: async function* () {},
});

/** What is told of windows that have partitions with these columns, one after the other. */
function told(known: string | undefined, ...windows: Partition[][]): Notice[] {
  const notices: Notice[] = [];
  const watch = new ColumnWatch(known?.split(' '), (notice) => void notices.push(notice));
  for (const window of windows) watch.look(window);
  return notices;
}

describe('columns of an export', () => {
  test('that came before are not told of', () => {
    expect(told('a b', [partition('b a')])).toEqual([]);
  });

  test('that are new or gone are told of once, by name', () => {
    const window = [partition('a c d')];
    expect(told('a b', window, window)).toEqual([
      {
        code: 'column-new',
        message: 'Scarf sends the columns "c", "d" now, which did not come before',
        columns: ['c', 'd'],
      },
      {
        code: 'column-gone',
        message: 'Scarf does not send the column "b" any more: new rows are empty there',
        columns: ['b'],
      },
    ]);
  });

  test('are those of all tables of a window together', () => {
    expect(told('a b', [partition('a'), partition('b')])).toEqual([]);
  });

  test('are compared with the window before', () => {
    expect(told('a', [partition('a b')], [partition('a')]).map(({ code }) => code)).toEqual([
      ...['column-new', 'column-gone'],
    ]);
  });

  test('say nothing where it is not known what came before, or where no table came', () => {
    expect(told(undefined, [partition('a')], [partition('b')])).toEqual([]);
    expect(told('a', [])).toEqual([]);
    expect(told('a', [partition('b', 'ndjson')])).toEqual([]);
    expect(told('a', [partition('a'), partition('b', 'ndjson')])).toEqual([]);
  });
});
