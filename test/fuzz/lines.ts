/** Fuzzes rows of NDJSON: unchanged, with ids, and reshaped. */
import { createNdjsonFormat } from '../../src/formats/ndjson.ts';
import { eventRows, type Numbers } from '../kernels/deflate-cases.ts';
import { filesOf, linesOf, pick, several } from './corpus.ts';
import { mutate } from './mutate.ts';
import { reshapingOf } from './reshaping.ts';
import { compareRows } from './rows.ts';
import type { FuzzTarget } from './target.ts';

const NAMES = ['$time', '$package', '$pixel', '$version', '$unique_id', 'n', 'é', 'platform', 'a', 'when'];
const PLAIN = [
  '{"$time":"2026-11-24T00:00:00.123Z","$package":"p","n":[1,{"a":"\\u00e9\\n"}],"é":-1.5e3}\n',
  '{"$time":"2026-11-24T00:00:00Z","$package":"p"}\n',
  '{ "$time" :\t"2026-11-24 10:20:30" , "$pixel" : "x" ,"n":{},"$version":"1.10"}\r\n',
  '{"$package":"p","$time":1790000000120,"$type":"t","$headers":[{"name":"a","value":"b"}]}\n',
  '{"$time":"2026-11-23T10:20:30+02:00","$tracking_pixel":"p","$unique_id":"1","a":"a text of more than sixteen, é"}\n',
];

export function ndjsonTarget(): FuzzTarget {
  const corpus = linesOf(filesOf('.ndjson'));
  const plain = PLAIN.map((line) => Buffer.from(line));
  const line = (below: Numbers): Buffer => {
    const kind = below(8);
    if (kind === 0) return pick(corpus, below);
    return kind === 1 ? eventRows(1 + below(700), below) : pick(plain, below);
  };
  return {
    attempt(below) {
      const content = () => mutate(Buffer.concat(several(1 + below(12), () => line(below))), below);
      return compareRows(
        { format: createNdjsonFormat(), reshaping: reshapingOf(NAMES, below), content },
        below,
      );
    },
  };
}
