/** Packed files and other containers, told by their first bytes. */
import type { InputCase } from './case.ts';

export const CONTAINER_CASES: Record<string, InputCase> = {
  bzip2: { input: 'containers/bzip2.ndjson.bz2', counts: [2, 0] },
  'bzip2, two files in one': {
    input: 'containers/bzip2-twice.bz2',
    flags: ['--set', 'extra=1'],
    counts: [4, 0],
  },
  xz: { input: 'containers/xz.ndjson.xz', counts: [2, 0] },
  zstd: { input: 'containers/zstd', counts: [2, 0] },
  'two files of pzstd in one': {
    input: 'containers/pzstd-twice.zst',
    flags: ['--set', 'extra=1'],
    counts: [4, 0],
  },
  'a ZIP archive with one file': { input: 'containers/one-file.zip', counts: [2, 0] },
  'a ZIP archive with two files': {
    input: 'containers/two-files.zip',
    exit: 2,
    counts: [0, 0],
    says: 'unzip -p two-files.zip r.ndjson',
  },
  'zstd that is cut off': { input: 'containers/zstd-that-is-cut-off.zst', exit: 6, counts: [0, 0] },
  'xz that is cut off': { input: 'containers/xz-that-is-cut-off.xz', exit: 6, counts: [0, 0] },
  'bzip2 that is cut off': { input: 'containers/bzip2-that-is-cut-off.bz2', exit: 6, counts: [0, 0] },
  'gzip with junk behind it': {
    input: 'containers/gzip-with-junk-behind-it.ndjson.gz',
    exit: 6,
    counts: [3, 0],
    says: 'from byte 149 on',
  },
  'a tar archive in gzip': { input: 'containers/tar.tgz', exit: 2, counts: [0, 0], says: 'tar -xOf tar.tgz' },
  'UTF-16 in gzip': { input: 'containers/utf-16-in-gzip.csv.gz', exit: 2, counts: [0, 0], says: 'UTF-16' },
  Parquet: { input: 'containers/rows.parquet', counts: [2, 0] },
};
