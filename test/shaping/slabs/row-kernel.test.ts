/** Kernels go from one run to the next, never to two at once. */
import { expect, test } from 'vitest';
import { PlainRows } from '../../../src/shaping/rows/plain-rows.ts';
import type { RowRules } from '../../../src/shaping/rows/row-rules.ts';
import { RowKernel } from '../../../src/shaping/slabs/row-kernel.ts';
import { BULK, FREE } from '../shapes.ts';

const RULES: RowRules = {
  shape: BULK,
  fillId: 'off',
  idField: '$unique_id',
  recipe: 'r',
  oldEvents: 'warn',
  nowMs: Date.parse('2026-11-24T12:00:00Z'),
};

function openRows(rules: Partial<RowRules> = {}): PlainRows {
  const plain = PlainRows.create({ ...RULES, ...rules });
  if (plain === undefined) throw new Error('these rules have a kernel');
  return plain;
}

function rowsTaken(plain: PlainRows, text: string): number | undefined {
  const bytes = Buffer.from(text);
  const room = { into: undefined, rows: 10, bytes: 1e6, rowBytes: 1e6 };
  return plain.take({ bytes, from: 0, to: bytes.length, offset: 0 }, room, undefined)?.rows;
}

test('the next run has the kernel of one that is closed, under its own rules', () => {
  const first = openRows();
  expect(rowsTaken(first, '{"a":1}\n')).toBe(0);
  first.close();
  const next = openRows({ shape: FREE });
  expect(next.kernel).toBe(first.kernel);
  expect(rowsTaken(next, '{"a":1}\n')).toBe(1);
  next.close();
});

test('a run that is closed twice gives one kernel back, and takes no rows with it', () => {
  const closed = openRows({ shape: FREE });
  closed.close();
  closed.close();
  const kernels = [RowKernel.take(), RowKernel.take()];
  expect(kernels[0]).toBe(closed.kernel);
  expect(kernels[1]).not.toBe(closed.kernel);
  expect(rowsTaken(closed, '{"a":1}\n')).toBeUndefined();
  kernels.forEach((kernel) => kernel?.giveBack());
});

test('a kernel is kept from others while a copy of rows is on its way', () => {
  const kernel = RowKernel.take();
  const copy = kernel?.takeArena(1);
  kernel?.giveBack();
  const others = Array.from({ length: 5 }, () => RowKernel.take());
  expect(others).not.toContain(kernel);
  copy?.release();
});
