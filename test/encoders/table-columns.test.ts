import { describe, expect, test } from 'vitest';
import type { Column } from '../../src/contracts/dataset.ts';
import { TableColumns, withoutPartition, type ColumnChoice } from '../../src/encoders/table-columns.ts';
import { partitionOf } from './encode.ts';

function columnsOf(...names: string[]): Column[] {
  return names.map((name) => ({ name, type: name === 'total' ? 'integer' : 'text' }));
}

/** A table, and what it told of columns. */
function table(choice: Partial<ColumnChoice> = {}, begun?: Column[]) {
  const leftOut: string[] = [];
  const missing: string[] = [];
  const told = {
    onLeftOut: (name: string) => leftOut.push(name),
    onMissing: (name: string) => missing.push(name),
  };
  return { columns: new TableColumns({ ...choice, ...told }, begun), leftOut, missing };
}

const absent: Column = { name: 'd', type: 'text', isAbsent: true };

describe('the columns of a file', () => {
  test('are those of its first partition; of a later one each that it has not is told once', () => {
    const { columns, leftOut, missing } = table();
    expect(columns.names).toEqual([]);
    expect(columns.fit(columnsOf('id', 'total'))).toEqual(columnsOf('id', 'total'));
    columns.fit([...columnsOf('b', 'id', 'c'), absent]);
    columns.fit(columnsOf('c', 'e'));
    expect(columns.names).toEqual(['id', 'total']);
    expect([leftOut, missing]).toEqual([['b', 'c', 'e'], []]);
  });

  test('that the user chose stand in the order of the choice, with their types, and only missing ones are told', () => {
    const { columns, leftOut, missing } = table({ columns: ['total', 'none', 'id'] });
    expect(columns.fit(columnsOf('id', 'b', 'total'))).toEqual([
      { name: 'total', type: 'integer' },
      { name: 'none', type: 'text' },
      { name: 'id', type: 'text' },
    ]);
    columns.fit(columnsOf('c'));
    expect([leftOut, missing]).toEqual([[], ['none']]);
  });

  test.each([
    ['nothing before it is begun', {}, undefined, []],
    ['what it has not, but for what no row has', {}, columnsOf('id'), ['b', 'c']],
    ['nothing when columns were chosen', { columns: ['id'] }, columnsOf('id'), []],
    ['nothing that the path holds', { partitionColumn: 'b' }, columnsOf('id'), ['c']],
  ])('lack %s', (_what, choice, begun, lacking) => {
    const { columns } = table(choice, begun);
    const names = columns.lacks([...columnsOf('id', 'b', 'c'), absent]).map(({ name }) => name);
    expect(names).toEqual(lacking);
  });

  test.each([
    ['the same', ['id', 'b'], true],
    ['another order', ['b', 'id'], false],
    ['fewer', ['id'], false],
    ['more', ['id', 'b', 'c'], false],
    ['another name', ['id', 'c'], false],
  ])('match a partition that has %s', (_what, names, isSame) => {
    const { columns } = table({}, columnsOf('id', 'b'));
    expect(columns.matches(partitionOf('csv', `${names.join(',')}\n`, names))).toBe(isSame);
  });

  test('match the first partition unless a choice changes it', () => {
    const rows = partitionOf('csv', 'id,b\n', ['id', 'b']);
    expect(table().columns.matches(rows)).toBe(true);
    expect(table({ columns: ['id', 'b'] }).columns.matches(rows)).toBe(true);
    expect(table({ columns: ['b', 'id'] }).columns.matches(rows)).toBe(false);
    expect(table({ partitionColumn: 'b' }).columns.matches(rows)).toBe(false);
  });
});

test('the column of the path is left out whatever its letters', () => {
  const columns = columnsOf('id', 'Date', 'DATE', 'dates');
  expect(withoutPartition(columns, { partitionColumn: 'date' })).toEqual(columnsOf('id', 'dates'));
  expect(withoutPartition(columns, {})).toBe(columns);
});
