/** Bytes of packed files that changed on their way: what is read is right, or the file is refused. */
import { describe, expect, test } from 'vitest';
import { bunzip2 } from '../../src/sources/packed/bzip2.ts';
import { unxz } from '../../src/sources/packed/xz.ts';
import { Xxh64 } from '../../src/sources/packed/zstd/xxh64.ts';
import { unzip } from '../../src/sources/packed/zip.ts';
import {
  decodeByLibrary,
  nodeDecoder,
  unzstd,
  type ZstdDecoder,
} from '../../src/sources/packed/zstd/zstd.ts';
import { readInput } from '../formats/cases/case.ts';

/** A name that no message of a library has. */
const name = 'rows';

type Unpack = (bytes: Buffer, pieceBytes: number) => AsyncGenerator<Uint8Array>;

const packings: readonly [string, Unpack][] = [
  ['bzip2.ndjson.bz2', (bytes, pieceBytes) => bunzip2(cut(bytes, pieceBytes), name)],
  ['xz.ndjson.xz', (bytes, pieceBytes) => unxz(cut(bytes, pieceBytes), name)],
  ['zstd', (bytes, pieceBytes) => unzstd(cut(bytes, pieceBytes), name)],
  [
    'one-file.zip',
    (bytes) => {
      const read = (at: number, length: number) => Promise.resolve(bytes.subarray(at, at + length));
      return unzip({ size: bytes.length, absolutePath: undefined, read }, name);
    },
  ],
];

async function* cut(bytes: Buffer, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function outcomeOf(pieces: AsyncGenerator<Uint8Array>): Promise<{ text: string; refused?: string }> {
  let text = '';
  try {
    for await (const bytes of pieces) text += Buffer.from(bytes).toString('latin1');
    return { text };
  } catch (error) {
    return { text, refused: (error as Error).message };
  }
}

describe.each(packings)('%s', (file, unpack) => {
  const packed = readInput(`containers/${file}`);

  test('is refused with a byte changed, unless its rows are the same', async () => {
    const { text } = await outcomeOf(unpack(packed, packed.length));
    for (let at = 0; at < packed.length; at += 3) {
      const changed = Buffer.from(packed);
      changed[at] = (packed[at] ?? 0) ^ 1;
      const outcome = await outcomeOf(unpack(changed, packed.length));
      if (outcome.refused === undefined) expect([at, outcome.text]).toEqual([at, text]);
      else expect(outcome.refused).not.toMatch(/Cannot read|undefined|error code|monkey|dinosaur/);
    }
  });

  test('is read in pieces of any size', async () => {
    const { text } = await outcomeOf(unpack(packed, packed.length));
    for (const pieceBytes of [1, 3, 50]) {
      expect(await outcomeOf(unpack(packed, pieceBytes))).toEqual({ text });
    }
  });
});

const decoders: [string, ZstdDecoder][] = [['the library', decodeByLibrary]];
const ofNode = nodeDecoder();
if (ofNode !== undefined) decoders.push(['Node.js', ofNode]);

describe.each(decoders)('zstd by %s', (_name, decode) => {
  const packed = readInput('containers/zstd');
  const passedOver = Buffer.from('\x5a\x2a\x4d\x18\x03\0\0\0abc', 'latin1');
  const together = Buffer.concat([passedOver, packed, passedOver, packed, packed, passedOver]);
  const outcome = (bytes: Buffer, pieceBytes: number) =>
    outcomeOf(unzstd(cut(bytes, pieceBytes), name, decode));

  test('frames behind each other are all read, those without data are passed over', async () => {
    const { text } = await outcome(packed, 100);
    expect(text).toContain('"n":1');
    for (const pieceBytes of [1, 7, 1000]) {
      expect(await outcome(together, pieceBytes)).toEqual({ text: text + text + text });
    }
  });

  test('is refused where it ends within a frame, and where something else is behind one', async () => {
    const behind = Buffer.concat([packed, passedOver, packed]);
    const whole = [packed.length, packed.length + passedOver.length, behind.length];
    for (let end = 1; end <= behind.length; end++) {
      const { refused } = await outcome(behind.subarray(0, end), 1000);
      const wanted = whole.includes(end) ? undefined : 'rows is cut off or damaged';
      expect([end, refused?.slice(0, 26)]).toEqual([end, wanted]);
    }
    const { refused } = await outcome(Buffer.concat([packed, Buffer.from('junk')]), 1000);
    expect(refused).toContain('rows is cut off or damaged');
  });

  test('closes what it reads when nobody wants more', async () => {
    let isClosed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield* cut(packed, 1000);
      } finally {
        isClosed = true;
      }
    }
    for await (const bytes of unzstd(endless(), name, decode)) if (bytes.length > 0) break;
    await expect.poll(() => isClosed).toBe(true);
  });
});

test('XXH64 is what its authors say', () => {
  const long = Buffer.from('Call me Ishmael. Some years ago--never mind how long precisely-');
  for (const [bytes, hash] of [
    [Buffer.from(''), 0xef46db3751d8e999n],
    [Buffer.from('a'), 0xd24ec4f1a98c6e5bn],
    [Buffer.from('asdf'), 0x415872f599cea71en],
    [long, 0x02a2e85470d6fd96n],
  ] as const) {
    for (const pieceBytes of [1, 5, 32, 100]) {
      const sum = new Xxh64();
      for (let at = 0; at < bytes.length; at += pieceBytes) sum.update(bytes.subarray(at, at + pieceBytes));
      expect(sum.digest()).toBe(hash);
    }
  }
});
