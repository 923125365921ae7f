/** Packed files and other containers, told by their first bytes. */
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { PACKED } from '../../sources/packed-rows.ts';
import { scarfRow, type InputCase } from './case.ts';

const row = (n: number) => scarfRow({ n }).trimEnd();

const packed = (name: string) => Buffer.from(PACKED[name] ?? '', 'base64');
const zipped = gzipSync(`${row(1)}\n${row(2)}\n`);
export const tar = Buffer.alloc(1024);
tar.write('rows.csv');
tar.write('ustar', 257);

export const CONTAINER_CASES: Record<string, InputCase> = {
  bzip2: { file: 'a.ndjson.bz2', content: packed('bzip2'), counts: [2, 0] },
  'bzip2, two files in one': {
    file: 'a.bz2',
    content: Buffer.concat([packed('bzip2'), packed('bzip2')]),
    flags: ['--set', 'extra=1'],
    counts: [4, 0],
  },
  xz: { file: 'a.ndjson.xz', content: packed('xz'), counts: [2, 0] },
  zstd: { file: 'a', content: packed('zstd'), counts: [2, 0] },
  'a ZIP archive with one file': { file: 'a.zip', content: packed('zip'), counts: [2, 0] },
  'a ZIP archive with two files': {
    file: 'a.zip',
    content: packed('twoInZip'),
    exit: 2,
    counts: [0, 0],
    says: 'unzip -p a.zip r.ndjson',
  },
  'zstd that is cut off': {
    file: 'a.zst',
    content: packed('zstd').subarray(0, -20),
    exit: 6,
    counts: [0, 0],
  },
  'xz that is cut off': { file: 'a.xz', content: packed('xz').subarray(0, -40), exit: 6, counts: [0, 0] },
  'bzip2 that is cut off': {
    file: 'a.bz2',
    content: packed('bzip2').subarray(0, -20),
    exit: 6,
    counts: [0, 0],
  },
  'gzip with junk behind it': {
    file: 'a.ndjson.gz',
    content: Buffer.concat([zipped, gzipSync(`${row(3)}\n`), Buffer.from('junk')]),
    exit: 6,
    counts: [3, 0],
    says: `from byte ${zipped.length + gzipSync(`${row(3)}\n`).length} on`,
  },
  'a tar archive in gzip': {
    file: 'a.tgz',
    content: gzipSync(tar),
    exit: 2,
    counts: [0, 0],
    says: 'tar -xOf a.tgz',
  },
  'UTF-16 in gzip': {
    file: 'a.csv.gz',
    content: gzipSync(Buffer.from('a,b\n1,2\n', 'utf16le')),
    exit: 2,
    counts: [0, 0],
    says: 'UTF-16',
  },
  Parquet: {
    file: 'a.parquet',
    content: Buffer.from(
      parquetWriteBuffer({
        columnData: [
          { name: '$package', data: ['p', 'p'], type: 'STRING' },
          { name: '$time', data: [new Date(), new Date()], type: 'TIMESTAMP' },
          { name: 'large', data: [9007199254740993n, 1n], type: 'INT64' },
        ],
      }),
    ),
    counts: [2, 0],
  },
};
