import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { headBytes, headDigest, sameContent } from '../../src/sources/identity.ts';
import { numberedBytes, openIn, openOne, temporaryDirectory } from './reading.ts';

const directory = temporaryDirectory();
const sample = numberedBytes(200_000);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function put(name: string, bytes: Uint8Array | string): Promise<void> {
  await writeFile(join(directory.path, name), bytes);
}

describe('the head', () => {
  it.each([
    [200_000, undefined, headBytes],
    [1000, undefined, 1000],
    [200_000, 1000, 1000],
    [0, undefined, 0],
  ])('of %d bytes, asked for %s', async (length, asked, taken) => {
    await put('a', sample.subarray(0, length));
    expect(await headDigest(await openOne(directory.path, 'a'), asked)).toEqual({
      sha256: sha256(sample.subarray(0, taken)),
      length: taken,
    });
  });

  it('is the same in a gzip file, and in one that grew when asked for as much', async () => {
    await put('a', sample.subarray(0, 1000));
    await put('a.gz', gzipSync(sample.subarray(0, 1000)));
    await put('grown', sample);
    const [a, packed, grown] = await openIn(directory.path, ['a', 'a.gz', 'grown']);
    if (!a || !packed || !grown) throw new Error('missing input');
    const head = await headDigest(a);
    expect(await headDigest(packed)).toEqual(head);
    expect(await headDigest(grown, head.length)).toEqual(head);
    expect(await headDigest(grown)).not.toEqual(head);
  });
});

describe('inputs with the same bytes', () => {
  it('are found under other names and in gzip, and nothing else is', async () => {
    const other = Buffer.from(sample);
    other.writeUInt8(0, 199_999);
    await put('0-first', sample);
    await put('1-copy', sample);
    await put('2-packed.gz', gzipSync(sample));
    await put('3-other-end', other);
    await put('4-longer', Buffer.concat([sample, sample]));
    await put('5-packed-other.gz', gzipSync(other));
    await put('6-empty', '');
    await put('7-empty', '');
    const same = await sameContent(await openIn(directory.path, ['*']));
    expect([...same].sort(([left], [right]) => left - right)).toEqual([
      [1, 0],
      [2, 0],
      [5, 3],
      [7, 6],
    ]);
  });

  it('leave a stream alone, and a file that cannot be read to its end', async () => {
    await put('a', 'rows');
    await put('cut', gzipSync(sample).subarray(0, 3000));
    await put('cut-copy', gzipSync(sample).subarray(0, 3000));
    const inputs = await openIn(directory.path, ['a', '-', 'cut', 'cut-copy'], {
      stdin: Readable.from(['rows']),
    });
    expect(await sameContent(inputs)).toEqual(new Map());
    expect(inputs[1]?.readSourceBytes()).toBe(0);
  });
});
