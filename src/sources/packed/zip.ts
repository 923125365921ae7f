/** A ZIP archive with one file in it. */
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import type * as yauzlModule from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { Failure } from '../../failure.ts';
import { shellName, shellWord } from '../shell-word.ts';
import { unreadable, type RandomAccess } from './random-access.ts';

type Yauzl = Pick<typeof yauzlModule, 'openPromise' | 'fromRandomAccessReaderPromise' | 'RandomAccessReader'>;

/** Read at once of what lies on no disk. */
const pieceBytes = 256 * 1024;

/** How many names a message lists. */
const maxNames = 3;

export async function* unzip(file: RandomAccess, name: string): AsyncGenerator<Uint8Array, void> {
  const { default: yauzl } = await import('yauzl');
  const archive = await openArchive(yauzl, file).catch((cause: unknown) => {
    throw cause instanceof Failure ? cause : unreadable(name, 'ZIP', cause);
  });
  try {
    const entries: Entry[] = [];
    for await (const entry of archive.eachEntry()) if (!isClutter(entry.fileName)) entries.push(entry);
    const [entry] = entries;
    if (entry === undefined || entries.length > 1) throw severalFiles(name, entries);
    if (entry.isEncrypted()) {
      throw new Failure('usage', `${name} is encrypted`, {
        hint: `unpack it first: unzip -p ${shellName(name)} | scarf-cli … -`,
      });
    }
    yield* checked((await archive.openReadStreamPromise(entry)) as AsyncIterable<Uint8Array>, entry);
  } catch (cause) {
    throw cause instanceof Failure ? cause : unreadable(name, 'ZIP', cause);
  } finally {
    archive.close();
  }
}

/** The library leaves the checksum to whoever reads. */
async function* checked(pieces: AsyncIterable<Uint8Array>, entry: Entry): AsyncGenerator<Uint8Array> {
  let checksum = 0;
  for await (const piece of pieces) {
    checksum = crc32(piece, checksum);
    yield piece;
  }
  if (checksum !== entry.crc32) throw new Error('incorrect checksum');
}

function openArchive(yauzl: Yauzl, file: RandomAccess): Promise<ZipFile> {
  const options = { lazyEntries: true, autoClose: false };
  if (file.absolutePath !== undefined) return yauzl.openPromise(file.absolutePath, options);
  class Ranges extends yauzl.RandomAccessReader {
    override _readStreamForRange(from: number, to: number): Readable {
      return Readable.from(piecesOf(file, from, to), { objectMode: false });
    }
  }
  return yauzl.fromRandomAccessReaderPromise(new Ranges(), file.size, options);
}

async function* piecesOf({ read }: RandomAccess, from: number, to: number): AsyncGenerator<Uint8Array> {
  for (let position = from; position < to; position += pieceBytes) {
    yield await read(position, Math.min(pieceBytes, to - position));
  }
}

/** Directories, and the files that macOS adds for each file. */
function isClutter(fileName: string): boolean {
  return fileName.endsWith('/') || fileName.startsWith('__MACOSX/');
}

function severalFiles(name: string, entries: readonly Entry[]): Failure {
  if (entries.length === 0) return new Failure('usage', `${name} is a ZIP archive without a file in it`);
  const names = entries.slice(0, maxNames).map(({ fileName }) => fileName);
  const more = entries.length > maxNames ? ' and others' : '';
  return new Failure(
    'usage',
    `${name} is a ZIP archive with ${entries.length} files (${names.join(', ')}${more})`,
    {
      hint: `unpack it and give its files, or one of them: unzip -p ${shellName(name)} ${shellWord(names[0] ?? '')} | scarf-cli … -`,
    },
  );
}
