import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ObjectScan, type Verdict } from '../../../src/shaping/json/scan.ts';
import { propertyRuns } from '../../property-runs.ts';

const PROBES = ['$time', '$unique_id', '$package', '__proto__', 'é'];

function scanText(text: string | Buffer): { scan: ObjectScan; bytes: Buffer; verdict: Verdict } {
  // Bytes in front and behind that would mislead a scan that leaves its range.
  const row = Buffer.from(text);
  const bytes = Buffer.concat([Buffer.from('{"a"'), row, Buffer.from('}]"00001')]);
  const scan = new ObjectScan(PROBES);
  return { scan, bytes, verdict: scan.scan(bytes, 4, 4 + row.length) };
}

function probed({ scan, bytes }: { scan: ObjectScan; bytes: Buffer }): Record<string, unknown> {
  const found: [string, unknown][] = [];
  PROBES.forEach((key, probe) => {
    if (scan.keyAt[probe]! < 0) return;
    const value = bytes.toString('utf8', scan.valueAt[probe], scan.valueEnd[probe]);
    found.push([key, JSON.parse(value)]);
  });
  return Object.fromEntries(found);
}

/** What JSON.parse says of the row: its object, or undefined when it is none. */
function parseObject(row: Buffer): Record<string, unknown> | undefined {
  if (!isUtf8(row)) return undefined;
  try {
    const value: unknown = JSON.parse(row.toString());
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function expectAsParsed(row: Buffer): void {
  if (!isUtf8(row)) return;
  const object = parseObject(row);
  const scanned = scanText(row);
  if ((object !== undefined) !== (scanned.verdict !== 'bad')) {
    throw new Error(`${scanned.verdict} for ${row.toString()}`);
  }
  if (object === undefined) return;
  const wanted = PROBES.filter((key) => Object.hasOwn(object, key)).map((key) => [key, object[key]]);
  expect(probed(scanned)).toEqual(Object.fromEntries(wanted));
}

describe('what JSON.parse accepts as an object', () => {
  const good = [
    '{}',
    ' \t\r{ } ',
    '{"a":1}',
    '{"a":-0.5e+10,"b":0,"c":1E5,"d":-0}',
    '{"a":[],"b":{},"c":[[],{}],"d":[{"x":[1,2,{"y":null}]}]}',
    '{"a":true,"b":false,"c":null}',
    String.raw`{"a":"\"\\\/\b\f\n\r\t\u00e9\uD800"}`,
    '{"ü":"✓ 𝒳"}',
    '{"$time":"x","$package":[1,{"$time":2}]}',
    '{"__proto__":{"a":1},"constructor":1}',
    `{"a":${'['.repeat(2000)}${']'.repeat(2000)}}`,
  ];
  test.each(good)('%s', (text) => {
    expect(scanText(text).verdict).toBe('good');
    expectAsParsed(Buffer.from(text));
  });
});

describe('what it refuses', () => {
  const bad: [text: string, wanted: string, at: number][] = [
    ['', 'object', 0],
    ['[1]', 'object', 0],
    ['"a"', 'object', 0],
    ['{', 'key', 1],
    ['{"a"', 'colon', 4],
    ['{"a":', 'value', 5],
    ['{"a":1', 'comma', 6],
    ['{"a":1,}', 'key', 7],
    ['{,"a":1}', 'key', 1],
    ['{"a":1 "b":2}', 'comma', 7],
    ["{'a':1}", 'key', 1],
    ['{"a":01}', 'comma', 6],
    ['{"a":1.}', 'number', 7],
    ['{"a":.5}', 'value', 5],
    ['{"a":1e}', 'number', 7],
    ['{"a":+1}', 'value', 5],
    ['{"a":-}', 'number', 6],
    ['{"a":tru}', 'value', 5],
    ['{"a":NaN}', 'value', 5],
    ['{"a":[1,]}', 'value', 8],
    ['{"a":[}', 'value', 6],
    ['{"a":{]}', 'key', 6],
    ['{"a":[1}', 'comma', 7],
    ['{"a":"\\x"}', 'escape', 6],
    ['{"a":"\\u12g4"}', 'escape', 6],
    ['{"a":"\t"}', 'string', 6],
    ['{"a":"', 'string', 6],
    ['{"a":1}{"b":2}', 'end', 7],
    ['{"a":1} x', 'end', 8],
  ];
  test.each(bad)('%j: wants %s at %i', (text, wanted, at) => {
    const { scan, verdict } = scanText(text);
    expect(verdict).toBe('bad');
    expect({ wanted: scan.wanted, at: scan.failedAt - 4 }).toEqual({ wanted, at });
  });
});

describe('odd rows', () => {
  test.each([
    ['a key twice', '{"$time":1,"$time":2}', { $time: 2 }],
    ['an escaped key', String.raw`{"\u0024time":3}`, { $time: 3 }],
    ['an escaped key over a plain one', String.raw`{"$time":1,"$tim\u0065":3}`, { $time: 3 }],
  ])('%s', (_, text, values) => {
    const scanned = scanText(text);
    expect(scanned.verdict).toBe('odd');
    expect(probed(scanned)).toEqual(values);
  });

  test('other keys may be what they like', () => {
    expect(scanText(String.raw`{"\u0024tim":1,"a":1,"a":2,"\u0061":3}`).verdict).toBe('good');
  });
});

const rowArbitrary = fc
  .dictionary(fc.oneof(fc.constantFrom(...PROBES), fc.string()), fc.jsonValue(), { maxKeys: 6 })
  .map((object) => Buffer.from(JSON.stringify(object)));

/** Bytes that a mutation is likely to do harm with. */
const HARMFUL = Buffer.from('{}[]",:\\u0e1+-.tfn \n\r\t\x00\x1f\x7f\xc3\xa9', 'latin1');

test('agrees with JSON.parse on mutated rows', () => {
  fc.assert(
    fc.property(rowArbitrary, fc.array(fc.nat(), { minLength: 80, maxLength: 80 }), (row, choices) => {
      for (let index = 0; index + 1 < choices.length; index += 2) {
        const mutated = Buffer.from(row);
        const at = choices[index]! % row.length;
        const byte = HARMFUL[choices[index + 1]! % HARMFUL.length]!;
        mutated[at] = byte;
        expectAsParsed(mutated);
        expectAsParsed(Buffer.concat([row.subarray(0, at), Buffer.from([byte]), row.subarray(at)]));
        expectAsParsed(Buffer.concat([row.subarray(0, at), row.subarray(at + 1)]));
        expectAsParsed(row.subarray(0, at));
      }
    }),
    propertyRuns(300),
  );
});
