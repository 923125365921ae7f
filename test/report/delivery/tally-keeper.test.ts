import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TallyKeeper } from '../../../src/report/delivery/tally-keeper.ts';

test('changes and warnings stand in the order of their names, whichever block of rows came first', () => {
  const codes = fc.constantFrom('id-filled', 'blank-dropped', 'time-read', 'column: ä');
  const changes = fc.dictionary(codes, fc.nat(9), { maxKeys: 4, noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(fc.record({ changes, warnings: changes })), (blocks) => {
      const said = [blocks, blocks.toReversed()].map((order) => {
        const { tally, add } = keeperOf();
        order.forEach(add);
        return JSON.stringify([tally.changes, tally.warnings]);
      });
      expect(said[0]).toBe(said[1]);
    }),
  );
});

function keeperOf() {
  const keeper = new TallyKeeper();
  const rows = { type: 'rows-read' as const, input: 0, rows: 1, rejected: 0, bytes: 9, sourceBytes: 9 };
  const add = (block: { changes: Record<string, number>; warnings: Record<string, number> }) =>
    keeper.add({ ...rows, ...block });
  return { tally: keeper.tally, add };
}
