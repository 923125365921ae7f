/** Files that have to be unpacked or refused, recognized by their first bytes. The one table of signatures. */
import { Failure } from '../failure.ts';
import type { PackingName } from './packed/packing.ts';
import { shellName } from './shell-word.ts';

/** A kind of file and how to get rows out of it. */
interface Container {
  name: string;
  matches: (head: Buffer) => boolean;
  /** The command that unpacks it; `FILE` stands for its name. */
  unpack: string;
  /** It is text that `unpack` writes in UTF-8 or without what disturbs. */
  isConverted?: true;
  /** How it is unpacked here, where it is supported. */
  packing?: PackingName;
  /** It is text, which `--format text` takes line by line. */
  isText?: true;
  /** What else helps. */
  or?: string;
}

/** How many bytes from the start all signatures need. */
export const containerHeadBytes = 4096;

/** Where nothing tells what it is. */
const BINARY = 'binary data (it holds NUL bytes)';

/** The first match counts. */
const CONTAINERS: readonly Container[] = [
  { name: 'gzip', matches: begins(0x1f, 0x8b), unpack: 'gzip -dc FILE', packing: 'gzip' },
  { name: 'zstd', matches: isZstd, unpack: 'zstd -dc FILE', packing: 'zstd' },
  {
    name: 'bzip2',
    matches: (head) => /^BZh[1-9]/.test(latin1(head, 4)),
    unpack: 'bzip2 -dc FILE',
    packing: 'bzip2',
  },
  { name: 'xz', matches: begins(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00), unpack: 'xz -dc FILE', packing: 'xz' },
  { name: 'an Excel workbook (xlsx)', matches: isWorkbook, unpack: 'in2csv FILE' },
  { name: 'a ZIP archive', matches: isZip, unpack: 'unzip -p FILE', packing: 'zip' },
  {
    name: 'Parquet',
    matches: (head) => text('PAR1')(head) && (head[4] ?? 0) < 0x20,
    unpack: "duckdb -c \"copy 'FILE' to '/dev/stdout' (format json)\"",
    packing: 'parquet',
  },
  {
    name: 'a tar archive',
    matches: (head) => latin1(head.subarray(257), 5) === 'ustar',
    unpack: 'tar -xOf FILE',
  },
  { name: 'Avro', matches: text('Obj\x01'), unpack: 'avro-tools tojson FILE' },
  { name: 'ORC', matches: (head) => text('ORC')(head) && (head[3] ?? 0) < 0x20, unpack: 'orc-contents FILE' },
  { name: 'Arrow', matches: text('ARROW1'), unpack: 'write it as Parquet or CSV' },
  {
    name: 'an SQLite database',
    matches: text('SQLite format 3\0'),
    unpack: "sqlite3 -csv -header FILE 'select * from TABLE'",
  },
  { name: 'an old Excel workbook (xls)', matches: begins(0xd0, 0xcf, 0x11, 0xe0), unpack: 'in2csv FILE' },
  { name: 'lz4', matches: begins(0x04, 0x22, 0x4d, 0x18), unpack: 'lz4 -dc FILE' },
  { name: 'snappy', matches: begins(0xff, 0x06, 0x00, 0x00, 0x73), unpack: 'snzip -dc FILE' },
  { name: '7z', matches: begins(0x37, 0x7a, 0xbc, 0xaf), unpack: '7z x -so FILE' },
  { name: 'RAR', matches: text('Rar!\x1a'), unpack: 'unrar p -inul FILE' },
  { name: 'compress (.Z)', matches: begins(0x1f, 0x9d), unpack: 'gzip -dc FILE' },
  {
    name: 'an HTML page, such as one that asks to log in',
    matches: (head) => /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head)\b/i.test(latin1(head, 256)),
    unpack: 'download the data once more',
    isText: true,
  },
  {
    name: 'XML',
    matches: (head) => /^(?:\xef\xbb\xbf)?\s*<\?xml\b/.test(latin1(head, 256)),
    unpack: 'yq -p xml -o json FILE',
    isText: true,
  },
  { name: 'a PDF', matches: text('%PDF-'), unpack: 'export the table as CSV' },
  {
    name: 'a pointer of Git LFS, in place of the file that it points to',
    matches: text('version https://git-lfs.github.com/spec/'),
    unpack: 'fetch the file itself: git lfs pull',
    isText: true,
  },
  {
    name: 'UTF-32 text',
    matches: isUtf32,
    unpack: 'iconv -f UTF-32 -t UTF-8 FILE',
    isConverted: true,
  },
  {
    name: 'UTF-16 text (big-endian)',
    matches: (head) => isUtf16(head, 'big'),
    unpack: 'iconv -f UTF-16BE -t UTF-8 FILE',
    isConverted: true,
    or: '--encoding utf-16be',
  },
  {
    name: 'UTF-16 text',
    matches: (head) => isUtf16(head, 'little'),
    unpack: 'iconv -f UTF-16LE -t UTF-8 FILE',
    isConverted: true,
    or: '--encoding utf-16le',
  },
  {
    name: BINARY,
    matches: (head) => head.includes(0),
    unpack: "tr -d '\\000' < FILE",
    isConverted: true,
  },
];

/** For help: what is read, and what is refused with the command that unpacks it. */
export const CONTAINER_NAMES = {
  read: CONTAINERS.filter(({ packing }) => packing !== undefined).map(({ name }) => name),
  refused: CONTAINERS.filter(({ packing }) => packing === undefined).map(({ name }) => name),
};

/** How the input must be unpacked; undefined when it need not be. */
export function packingOf(head: Uint8Array): PackingName | undefined {
  return containerOf(Buffer.from(head.buffer, head.byteOffset, head.byteLength))?.packing;
}

/** Whether more bytes could still reveal that the input is packed. */
export function mayBePacked(head: Uint8Array): boolean {
  const known = latin1(Buffer.from(head.buffer, head.byteOffset, head.byteLength), maxSignatureBytes);
  return SIGNATURES.some((signature) => signature.startsWith(known) && known.length < signature.length);
}

/** Signatures of formats that can be unpacked as a stream. */
const SIGNATURES = [
  '\x1f\x8b',
  '\x28\xb5\x2f\xfd',
  '\x50\x2a\x4d\x18',
  'BZh9',
  '\xfd7zXZ\0',
  'PK\x03\x04',
  'PAR1',
];
const maxSignatureBytes = 6;

/**
 * Throws a Failure `usage` for a file that has no rows to read; the hint is the command that unpacks it.
 * `head` is its beginning, unpacked where it was packed.
 */
export function refuseContainer(head: Buffer, path: string, takesText = false): void {
  const found = containerOf(head);
  if (found === undefined || (takesText && found.isText === true)) return;
  const command = found.unpack.replace(/'FILE'|FILE/, (place) =>
    place === 'FILE' ? shellName(path) : `'${path}'`,
  );
  // Its rows would be text.
  if (found.name === BINARY && /\.parquet$/i.test(path)) {
    throw new Failure('usage', `${path} does not begin as Parquet does: it is damaged`, {
      hint: 'get the file once more',
    });
  }
  const isCommand = found.unpack.includes('FILE');
  const other = found.or === undefined ? '' : `, or say ${found.or}`;
  const verb = found.isConverted === true ? 'convert' : 'unpack';
  const hint = isCommand ? `${verb} it first: ${command} | scarf-cli … -${other}` : command;
  throw new Failure('usage', `${path} holds no rows that can be read: what is in it is ${found.name}`, {
    hint,
  });
}

function containerOf(head: Buffer): Container | undefined {
  return CONTAINERS.find(({ matches }) => matches(head));
}

function begins(...bytes: number[]): (head: Buffer) => boolean {
  return (head) => bytes.every((byte, index) => head[index] === byte);
}

function text(signature: string): (head: Buffer) => boolean {
  return (head) => latin1(head, signature.length) === signature;
}

function latin1(head: Buffer, length: number): string {
  return head.toString('latin1', 0, length);
}

/** The second is how pzstd begins: with a frame that tells the length of the next. */
function isZstd(head: Buffer): boolean {
  return begins(0x28, 0xb5, 0x2f, 0xfd)(head) || begins(0x50, 0x2a, 0x4d, 0x18)(head);
}

function isZip(head: Buffer): boolean {
  return /^PK(\x03\x04|\x05\x06)/.test(latin1(head, 4));
}

function isWorkbook(head: Buffer): boolean {
  return isZip(head) && /\[Content_Types\]\.xml|xl\/workbook/.test(latin1(head, containerHeadBytes));
}

function isUtf32(head: Buffer): boolean {
  return begins(0xff, 0xfe, 0, 0)(head) || begins(0, 0, 0xfe, 0xff)(head);
}

/** Recognized by its byte order mark, or by zero bytes next to ASCII in most of its beginning. */
function isUtf16(head: Buffer, order: 'big' | 'little'): boolean {
  const [own, other] = order === 'big' ? [0, 1] : [1, 0];
  if (begins(...(order === 'big' ? [0xfe, 0xff] : [0xff, 0xfe]))(head)) return true;
  const seen = head.subarray(0, Math.min(64, head.length - (head.length % 2)));
  const zeros: [number, number] = [0, 0];
  seen.forEach((byte, index) => (zeros[index % 2]! += byte === 0 ? 1 : 0));
  return seen.length >= 2 && zeros[other]! === 0 && zeros[own]! > 0.3 * seen.length;
}
