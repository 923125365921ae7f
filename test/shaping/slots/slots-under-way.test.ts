import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Block } from '../../../src/records.ts';
import { SlotsUnderWay } from '../../../src/shaping/slots/slots-under-way.ts';

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

test('slots leave in the order of the input, whichever is done first, and lines count on', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.boolean()), { minLength: 1, maxLength: 8 }),
      fc.infiniteStream(fc.nat()),
      async (slots, choices) => {
        const underWay = new SlotsUnderWay(5);
        const toSolve: (() => void)[] = [];
        slots.forEach(([lines, isLater], name) => {
          const blocks = [blockOf(name, lines, [])];
          underWay.add(isLater ? new Promise((resolve) => toSolve.push(() => resolve(blocks))) : blocks);
        });
        const left: Block[] = [...underWay.drain()];
        for (const choice of choices) {
          if (toSolve.length === 0) break;
          toSolve.splice(choice % toSolve.length, 1)[0]!();
          await new Promise((resolve) => setImmediate(resolve));
          left.push(...underWay.drain());
        }
        expect(left.map(({ input }) => input)).toEqual(slots.map((_, name) => name));
        let line = 5;
        for (const [index, { range, nextLine, rejects }] of left.entries()) {
          const [lines] = slots[index]!;
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
  const underWay = new SlotsUnderWay(1);
  underWay.add([blockOf(0, 1, released)]);
  let solve: (blocks: Block[]) => void = () => undefined;
  underWay.add(new Promise((resolve) => (solve = resolve)));
  underWay.close();
  solve([blockOf(1, 1, released)]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(released).toEqual([0, 1]);
});
