/** Which errors of a server are about a row, and what they say of it. */
import type { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { columnOf, isRowError, reasonOf, type ServerError } from '../../../src/sinks/postgres/row-error.ts';

const errorOf = (code: string, more: object = {}) =>
  Object.assign(new Error('no'), { code, ...more }) as ServerError;

test.each([
  ['22P02', 'not-of-type'],
  ['22007', 'not-of-type'],
  ['22003', 'out-of-range'],
  ['22008', 'out-of-range'],
  ['22001', 'too-long'],
  ['22021', 'not-utf8'],
  ['22P04', 'cell-count'],
  ['23502', 'missing'],
  ['23503', 'no-such-reference'],
  ['23505', 'not-unique'],
  ['23514', 'check-failed'],
  ['23P01', 'not-unique'],
  ['54000', 'too-long'],
  ['22999', 'refused-by-database'],
  ['44000', 'refused-by-database'],
  ['P0001', 'refused-by-database'],
  ['54001', 'refused-by-database'],
  ['left out', 'not-taken'],
])('%s is of a row: %s', (code, reason) => {
  const error = errorOf(code);
  expect([isRowError(error), reasonOf(error)]).toEqual([true, reason]);
});

test.each(['21000', '24000', '42P01', '57014', '53100', '40001', 'P0002', '54011', '440001', 'x22P02', ''])(
  '%s is not',
  (code) => {
    expect(isRowError(errorOf(code))).toBe(false);
  },
);

test('42501 is where a policy of row security says it, and not where a right is lacking', () => {
  const error = errorOf('42501', { routine: 'ExecWithCheckOptions' });
  expect([isRowError(error), reasonOf(error)]).toEqual([true, 'policy-failed']);
  expect(isRowError(errorOf('42501', { routine: 'aclcheck_error' }))).toBe(false);
});

test('what is no error of a server is not of a row either', () => {
  expect([new Error('22P02'), { code: '22P02' }, undefined, '22P02'].map((one) => isRowError(one))).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

describe('the column', () => {
  /** A client that finds these columns, and notes what it is asked with. */
  function finding(...names: string[]) {
    const asked: unknown[][] = [];
    const query = async (_text: string, values: unknown[]) => {
      asked.push(values);
      return { rows: names.map((name) => ({ name })) };
    };
    return { client: { query } as unknown as Client, asked };
  }

  test.each([
    [{ column: 'a', table: 't', constraint: 'c' }, 'a'],
    [{ column: 'a' }, 'a'],
    [{ table: 't' }, undefined],
    [{ constraint: 'c' }, undefined],
    [{}, undefined],
  ])('of %j is said without asking: %s', async (more, column) => {
    const { client, asked } = finding('other');
    expect(await columnOf(client, errorOf('23514', more))).toBe(column);
    expect(asked).toEqual([]);
  });

  test.each([
    [['a'], 'a'],
    [['a', 'b'], undefined],
    [[], undefined],
  ])('is that of the constraint, when it has one: %j', async (names, column) => {
    const { client, asked } = finding(...names);
    const error = errorOf('23514', { schema: 's', table: 't', constraint: 'c' });
    expect(await columnOf(client, error)).toBe(column);
    expect(asked).toEqual([['t', 's', 'c']]);
  });
});
