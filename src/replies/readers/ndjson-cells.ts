/** Decodes one line of NDJSON; integers above 2^53 keep their digits. */
import { asObject } from '../../json.ts';
import { isSafeNumber, parse, LosslessNumber } from 'lossless-json';

/** The object in `bytes[from, to)`; undefined when it is none. */
export function decodeNdjsonRow(
  bytes: Buffer,
  from: number,
  to: number,
): Record<string, unknown> | undefined {
  try {
    const value = parse(bytes.toString('utf8', from, to), undefined, readNumber);
    return asObject(value);
  } catch {
    return undefined;
  }
}

function readNumber(text: string): number | LosslessNumber {
  return isSafeNumber(text) ? Number(text) : new LosslessNumber(text);
}
