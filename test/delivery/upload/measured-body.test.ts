import { expect, test } from 'vitest';
import { createDeflate } from '../../../src/delivery/upload/deflate.ts';
import { measuringBody, PackedSize } from '../../../src/delivery/upload/measured-body.ts';
import { createSegmentPool } from '../../../src/delivery/upload/segments.ts';
import type { Block } from '../../../src/records.ts';

const options = {
  framing: { head: '', between: '\n', tail: '\n' },
  gzip: true,
  deflate: createDeflate(1),
  takesDeflated: true,
};
/** Header, end of the stream and trailer of a gzip member. */
const GZIP_BYTES = 10 + 2 + 8;

let released = 0;

function blockOf(of: Pick<Block, 'deflated' | 'measuredLength'>): Block {
  return {
    ...{ input: 0, range: { from: 0, to: 1, line: 1 }, nextLine: 2, bytes: new Uint8Array(), rows: 2 },
    ...{ events: 2, rejects: [], crc32: 0, withoutId: 0, changes: {}, warnings: {} },
    release: () => (released += 1),
    ...of,
  };
}

function packed(rawLength: number, bytes: number): Block {
  return blockOf({ deflated: { bytes: new Uint8Array(bytes), rawLength, crc32: 0 } });
}

test('counts what was compressed as it is, and what was not like what was', async () => {
  const size = new PackedSize();
  const body = measuringBody(size)(createSegmentPool(), options);
  released = 0;
  body.add(packed(1000, 100));
  body.add(packed(1000, 300));
  expect(size.isEstimated).toBe(false);
  body.add(blockOf({ measuredLength: 500 }));
  expect(size.isEstimated).toBe(true);
  expect(body.rawLength).toBe(2500);
  const { byteLength, rawLength, events } = await body.finish();
  expect({ byteLength, rawLength, events }).toEqual({
    byteLength: GZIP_BYTES + 400 + 100,
    rawLength: 2500,
    events: 6,
  });
  expect(released).toBe(3);
});

test('says how large it is so far, and remembers from one body to the next', async () => {
  const size = new PackedSize();
  const first = measuringBody(size)(createSegmentPool(), options);
  first.add(packed(1000, 250));
  await first.finish();
  const second = measuringBody(size)(createSegmentPool(), options);
  second.add(blockOf({ measuredLength: 400 }));
  expect(second.wireLength).toBe(10 + 100);
});

test('takes what nothing was compressed of to be as large as it is', async () => {
  const body = measuringBody(new PackedSize())(createSegmentPool(), options);
  body.add(blockOf({ measuredLength: 700 }));
  expect((await body.finish()).byteLength).toBe(GZIP_BYTES + 700);
});
