import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Block } from '../../../src/records.ts';
import { PendingSlabs } from '../../../src/shaping/slabs/pending-slabs.ts';

function blockOf(name: number, lines: number, released: number[]): Block {
  return {
    input: name,
    range: { from: 0, to: 1, line: 1 },
    nextLine: 1 + lines,
    bytes: new Uint8Array(),
    rows: lines,
    events: lines,
    rejects: [{ input: 0, from: 0, to: 1, line: lines, reason: 'r', message: 'm', source: 'local' }],
    crc32: 0,
    withoutId: 0,
    changes: {},
    warnings: {},
    release: () => void released.push(name),
  };
}

test('slabs leave in the order of the input, whichever is done first, and lines count on', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.boolean()), { minLength: 1, maxLength: 8 }),
      fc.infiniteStream(fc.nat()),
      async (slabs, choices) => {
        const underWay = new PendingSlabs({ from: 0, line: 5 });
        const toSolve: (() => void)[] = [];
        slabs.forEach(([lines, isLater], name) => {
          const blocks = [blockOf(name, lines, [])];
          underWay.add(isLater ? new Promise((resolve) => toSolve.push(() => resolve(blocks))) : blocks, 1);
        });
        const left: Block[] = [...underWay.drain()];
        for (const choice of choices) {
          if (toSolve.length === 0) break;
          toSolve.splice(choice % toSolve.length, 1)[0]!();
          await new Promise((resolve) => setImmediate(resolve));
          left.push(...underWay.drain());
        }
        expect(left.map(({ input }) => input)).toEqual(slabs.map((_, name) => name));
        let line = 5;
        for (const [index, { range, nextLine, rejects }] of left.entries()) {
          const [lines] = slabs[index]!;
          expect([range.line, rejects[0]!.line, nextLine]).toEqual([line, line - 1 + lines, line + lines]);
          line = nextLine;
        }
        expect(underWay).toMatchObject({ line, count: 0 });
      },
    ),
  );
});

test('what is done after the end is released', async () => {
  const released: number[] = [];
  const underWay = new PendingSlabs({ from: 0, line: 1 });
  underWay.add([blockOf(0, 1, released)], 1);
  let solve: (blocks: Block[]) => void = () => undefined;
  underWay.add(new Promise((resolve) => (solve = resolve)), 1);
  underWay.close();
  solve([blockOf(1, 1, released)]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(released).toEqual([0, 1]);
});

test('nothing leaves behind a slab that does not end where it was cut', () => {
  const released: number[] = [];
  const underWay = new PendingSlabs({ from: 0, line: 1 });
  const remarked = {
    ...blockOf(0, 2, released),
    warnings: { 'old-event': 1, 'cell-over-100-lines: line 2': 1 },
  };
  underWay.add([blockOf(0, 2, released)], 1);
  underWay.add([remarked], 2);
  underWay.add([blockOf(1, 1, released)], 3);
  const left = [...underWay.drain()];
  expect(left.map(({ range }) => range.line)).toEqual([1, 3]);
  expect(left[1]?.warnings).toEqual({ 'old-event': 1, 'cell-over-100-lines: line 4': 1 });
  expect(underWay.wrongCut).toEqual({ from: 1, line: 5 });
});
