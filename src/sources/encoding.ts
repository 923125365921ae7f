/** Text in other encodings, as UTF-8. */
import { Failure } from '../failure.ts';
import { PieceReader } from './piece-reader.ts';

/** UTF-16 with a byte order mark tells its own byte order. */
export function readEncoding(text: string): string {
  try {
    return new TextDecoder(text).encoding;
  } catch {
    throw new Error(`"${text}" is no encoding: utf-8, latin1, windows-1252, utf-16le, shift_jis and so on`);
  }
}

/** Byte order marks by their encoding: a mark goes before any name ("Encoding Standard", WHATWG, BOM sniff). */
const MARKS: readonly [encoding: string, mark: readonly number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16be', [0xfe, 0xff]],
  ['utf-16le', [0xff, 0xfe]],
];
const MAX_MARK_BYTES = 3;

/**
 * The text in UTF-8; a byte order mark tells its encoding whatever the name. Throws a Failure `local` behind the last good
 * piece where the bytes are not in this encoding.
 */
export async function* toUtf8(
  pieces: AsyncIterable<Uint8Array>,
  { encoding: named, name }: { encoding: string; name: string },
): AsyncGenerator<Uint8Array, void> {
  const reader = new PieceReader(pieces);
  const start = await reader.peek(MAX_MARK_BYTES);
  const [encoding] = MARKS.find(([, mark]) => mark.every((byte, at) => start[at] === byte)) ?? [named];
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (bytes?: Uint8Array): Buffer => {
    try {
      return Buffer.from(bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true }));
    } catch (cause) {
      throw new Failure('local', `${name} is not written in ${encoding}`, {
        hint: 'its rows up to there were read; give another --encoding',
        cause,
      });
    }
  };
  for await (const piece of reader.rest()) {
    const text = decode(piece);
    if (text.length > 0) yield text;
  }
  const rest = decode();
  if (rest.length > 0) yield rest;
}
