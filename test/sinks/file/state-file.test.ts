import { describe, expect, test } from 'vitest';
import {
  readState,
  requireIdentity,
  textOfState,
  type ExportState,
} from '../../../src/sinks/file/state-file.ts';

const state: ExportState = {
  identity: { dataset: 'events', columns: ['a'] },
  checkpoint: { ranges: [{ from: '2026-11-01', to: '2026-11-02', read: '2026-11-05' }], first: '2026-11-01' },
  files: [{ path: 'a.csv', bytes: 9, rows: 1, columns: ['a'] }],
};
const textOf = (value: object) => JSON.stringify(value);
const written = JSON.parse(textOfState(state)) as Record<string, unknown>;
const withRange = (changes: object) => ({
  ...written,
  checkpoint: { ranges: [{ ...state.checkpoint.ranges[0], ...changes }] },
});
const first = { identity: {}, schema: 1, from: '2026-11-01', through: '2026-11-03' };

describe('the state of an export', () => {
  test('is read as it was written', () => {
    expect(readState('/s', textOfState(state))).toEqual({ schema: 2, ...state });
    expect(textOfState(state).endsWith('}\n')).toBe(true);
  });

  test('of version 0.1 has a first and a last day, and says nothing of gaps between them', () => {
    expect(readState('/s', textOf(first))).toEqual({
      ...{ identity: {}, files: [], checkpoint: { ranges: [], first: '2026-11-01' } },
      legacy: { from: '2026-11-01', to: '2026-11-03' },
    });
  });

  test.each([
    ['is no JSON', '{'],
    ['is empty', ''],
    ['is null', 'null'],
    ['has no identity', textOf({ ...written, identity: undefined })],
    ['has another schema', textOf({ ...written, schema: 3 })],
    ['names no files', textOf({ ...written, files: undefined })],
    ['names no ranges', textOf({ ...written, checkpoint: {} })],
    ['has no checkpoint', textOf({ ...written, checkpoint: undefined })],
    ['has a day that does not exist', textOf(withRange({ to: '2026-10627' }))],
    ['has days in the wrong order', textOf(withRange({ to: '2026-10-01' }))],
    ['does not say when it was read', textOf(withRange({ read: 7 }))],
    ['has a range that is none', textOf({ ...written, checkpoint: { ranges: [null] } })],
    ['begins on no day', textOf({ ...written, checkpoint: { ranges: [], first: '' } })],
    ['has a file that is none', textOf({ ...written, files: ['a.csv'] })],
    ['has a file without a length', textOf({ ...written, files: [{ path: 'a.csv', columns: [] }] })],
    ['had a day that does not exist', textOf({ ...written, before: withRange({ from: '2026-02-29' }) })],
    ['of version 0.1 has another day than there are', textOf({ ...first, through: '2026-11-31' })],
    ['of version 0.1 has no first day', textOf({ ...first, from: 1 })],
    ['of version 0.1 has no last day', textOf({ ...first, through: undefined })],
  ])('that %s is damaged', (_, text) => {
    expect(() => readState('/s', text)).toThrow('/s is damaged');
  });

  test('belongs to one export, whatever the order in which it is described', () => {
    expect(() => requireIdentity('/s', state, { columns: ['a'], dataset: 'events' })).not.toThrow();
    expect(() => requireIdentity('/s', state, { dataset: 'companies', columns: ['b'] })).toThrow(
      '/s belongs to an export with different dataset, columns',
    );
    expect(() => requireIdentity('/s', state, { ...state.identity, split: 'day' })).toThrow(
      'different split',
    );
    expect(() => requireIdentity('/s', state, { dataset: 'events' })).toThrow('different columns');
  });
});
