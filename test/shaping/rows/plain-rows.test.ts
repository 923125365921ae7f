import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createNdjsonFormat } from '../../../src/formats/ndjson.ts';
import { HeadBytes } from '../../../src/shaping/ids/head-bytes.ts';
import { IdMaker } from '../../../src/shaping/ids/ids.ts';
import { PlainRows, type PlainBatch } from '../../../src/shaping/rows/plain-rows.ts';
import type { RowRules } from '../../../src/shaping/rows/row-rules.ts';
import type { Shaping } from '../../../src/shaping/rows/row-shaper.ts';
import { createShaping } from '../../../src/shaping/shaping.ts';
import { createSupply } from '../../../src/shaping/blocks/supply.ts';
import { deliver, roomy, type Delivered } from '../delivered.ts';
import { withKernel, withoutKernel } from '../kernel-use.ts';
import { memoryInput } from '../memory-input.ts';
import { fileText } from '../row-arbitraries.ts';
import { BULK, PACKAGE, TYPED, WEEK_MS } from '../shapes.ts';
import { propertyRuns } from '../../property-runs.ts';

const nowMs = Date.parse('2026-11-24T12:00:00Z');

function rulesOf(rules: Partial<RowRules>): RowRules {
  const usual = { shape: BULK, fillId: 'position', idField: '$unique_id', recipe: 'r' } as const;
  return { ...usual, oldEvents: 'warn', nowMs, ...rules };
}

const PLAIN = '{"$time":"2026-11-24T00:00:00.123Z","$package":"p","n":[1,{"a":"\\u00e9\\n"}],"é":-1.5e3}';

const SHORTEST = '{"$time":"2026-11-24T00:00:00Z","$package":"p"}';

describe('the kernel takes', () => {
  const taken = (text: string, rules: Partial<RowRules> = {}, copies = false): PlainBatch | undefined => {
    const head = new HeadBytes();
    const { fillId, recipe, idField } = rulesOf(rules);
    const isFilled = fillId !== 'off' && idField !== undefined;
    const bytes = Buffer.from(text);
    const plain = PlainRows.create(rulesOf(rules));
    const run = plain?.take(
      { bytes, from: 0, to: bytes.length, offset: 0 },
      { into: copies ? Buffer.alloc(1e6) : undefined, rows: 1e9, bytes: 1e9, rowBytes: 1000 },
      isFilled ? new IdMaker({ fillId, recipe, head }) : undefined,
    );
    plain?.close();
    return run;
  };
  const taking = (text: string, rules?: Partial<RowRules>) => taken(text, { fillId: 'off', ...rules })?.rows;

  test('plain rows, all of them', () => {
    expect(taken(`${PLAIN}\n`.repeat(50), { fillId: 'off' })).toMatchObject({ rows: 50, withoutId: 50 });
    const spaced = '{ "$time" :\t"2026-11-24T00:00:00Z" , "$pixel2" : {} ,"$tracking_pixel":"x" }\n';
    expect(taking(spaced)).toBe(1);
  });

  test('rows whatever keys the row before had in the same places', () => {
    const rows = [
      PLAIN,
      PLAIN.replace('"$package":', '"$package" :'),
      PLAIN.replace('"$package":"p",', '"$package":{},'),
      PLAIN.replace('"$package"', '"$packagE"'),
      PLAIN.replace('"$package"', '"$packages"'),
      PLAIN.replace('"n":', `"${'n'.repeat(29)}":`),
      PLAIN.replace('"n":', `"${'n'.repeat(30)}":`),
      PLAIN.replace('"n":', `"${'n'.repeat(29)}\\u006e":`),
      PLAIN.replace('"n":', '"$pixel":'),
      PLAIN.replace('"n":', '"$time":'),
      '{"$package":"p","$time":"2026-11-24T00:00:00Z"}',
      `{${Array.from({ length: 70 }, (_, key) => `"${key}":1,`).join('')}${SHORTEST.slice(1)}`,
      `{${Array.from({ length: 70 }, (_, key) => `"${key}":1,`).join('')}${PLAIN.slice(1)}`,
      '{"$time"',
      '{"$time":"2026-11-24T00:00:00Z","$package":',
    ];
    const alone = rows.map((row) => taking(`${row}\n`));
    expect(alone).toContain(0);
    const pairs = rows.flatMap((before) => rows.map((row) => taking(`${before}\n${row}\n`)));
    expect(pairs).toEqual(alone.flatMap((before) => alone.map((taken) => before && 1 + (taken ?? 0))));
  });

  test('rows without an id when it writes them anew', () => {
    const run = taken(`${PLAIN}\n`.repeat(3), {}, true);
    expect(run).toMatchObject({ rows: 3, withoutId: 0, changes: { 'id-filled': 3 } });
    const lines = Buffer.from(run?.text ?? [])
      .toString()
      .trim()
      .split('\n');
    expect(new Set(lines.map((line) => (JSON.parse(line) as { $unique_id: string }).$unique_id)).size).toBe(
      3,
    );
    expect(taken(`${PLAIN}\n`)?.rows).toBe(0);
  });

  test.each([
    ['1790000000', '2026-09-21T14:13:20Z', 'time-from-number'],
    ['1790000000120', '2026-09-21T14:13:20.12Z', 'time-from-number'],
    ['"2026-11-24 10:20:30"', '2026-11-24T10:20:30Z', 'time-zone-assumed'],
    ['"2026-11-24 10:20:30.50 UTC"', '2026-11-24T10:20:30.5Z', 'time-rewritten'],
  ])('the time %s, as %s, when it writes rows anew', (time, written, change) => {
    const text = `${PLAIN.replace(/"2026[^"]*"/, time)}\n`.repeat(2);
    const run = taken(text, { fillId: 'off', oldEvents: 'send' }, true);
    expect(run).toMatchObject({ rows: 2, changes: { [change]: 2 } });
    const row = `${PLAIN.replace(/"2026[^"]*"/, `"${written}"`)}\n`;
    expect(Buffer.from(run?.text ?? []).toString()).toBe(row.repeat(2));
    expect(taken(text, { fillId: 'off', oldEvents: 'send' })?.rows).toBe(0);
  });

  test('rows that end in a carriage return, without it, when it writes them anew', () => {
    const text = `${PLAIN}\r\n${PLAIN}\n${PLAIN}\r\n`;
    const run = taken(text, { fillId: 'off' }, true);
    expect(run).toMatchObject({ rows: 3, to: Buffer.byteLength(text) });
    expect(Buffer.from(run?.text ?? []).toString()).toBe(`${PLAIN}\n`.repeat(3));
    expect(taken(`${PLAIN}\r\r\n`, { fillId: 'off' }, true)?.rows).toBe(0);
  });

  test.each([
    ['$pixel first', '{"$pixel":"x" ,"a":1,', '{"$tracking_pixel":"x" ,"a":1,', BULK, 'key-renamed'],
    [
      '$pixel behind others',
      '{"a":1, "$pixel" : "x",',
      '{"a":1, "$tracking_pixel" : "x",',
      BULK,
      'key-renamed',
    ],
    ['the $package of the run first', '{ "$package" : "p" , "a":1,', '{  "a":1,', PACKAGE, 'key-dropped'],
    ['the $package of the run in between', '{"a":1 , "$package":"p" ,', '{"a":1  ,', PACKAGE, 'key-dropped'],
  ])('%s, when it writes rows anew', (_, from, to, shape, change) => {
    const rest = '"$time":"2026-11-24T00:00:00Z"}\n';
    const run = taken(`${from}${rest}`.repeat(2), { fillId: 'off', shape }, true);
    expect(run).toMatchObject({ rows: 2, changes: { [change]: 2 } });
    expect(Buffer.from(run?.text ?? []).toString()).toBe(`${to}${rest}`.repeat(2));
    expect(taken(`${from}${rest}`, { fillId: 'off', shape })?.rows).toBe(0);
  });

  test.each([
    ['another $package', PLAIN.replace('"p"', '"q"')],
    ['a $package with escapes', PLAIN.replace('"p"', '"\\u0070"')],
    ['a $pixel', PLAIN.replace('"$package":"p"', '"$pixel":"p"')],
    ['two times the $package of the run', PLAIN.replace('"n"', '"$package":"p","n"')],
  ])('no row with %s beside the $package of the run', (_, row) => {
    expect(taken(`${row}\n`, { fillId: 'off', shape: PACKAGE }, true)?.rows).toBe(0);
  });

  test('old rows, counted, where they are only warned of', () => {
    const old = `${PLAIN.replace('2026-11-24', '2024-02-29')}\n`;
    expect(taken(old, { fillId: 'off' })?.warnings).toEqual({ 'old-event': 1 });
    expect(taking(old, { oldEvents: 'reject' })).toBe(0);
    expect(taken(old, { fillId: 'off', oldEvents: 'send' })).toMatchObject({ rows: 1, warnings: {} });
  });

  test('an age to the millisecond', () => {
    const at = (ms: number) => `{"$time":"${new Date(ms).toISOString()}","$package":"p"}\n`;
    expect(taking(at(nowMs - WEEK_MS), { oldEvents: 'reject' })).toBe(1);
    expect(taking(at(nowMs - WEEK_MS - 1), { oldEvents: 'reject' })).toBe(0);
  });

  test.each([
    ['a row that does not end', PLAIN],
    ['a carriage return', `${PLAIN}\r\n`],
    ['a blank line', `\n${PLAIN}\n`],
    ['a line end inside', '{"$time":"2026-11-24T00:00:00Z",\n"$package":"p"}\n'],
    ['something behind the object', `${PLAIN} \n`],
    ['a key twice', PLAIN.replace('"n"', '"$package":"p","n"') + '\n'],
    ['a key in escapes', PLAIN.replace('"n"', '"\\u0024x"') + '\n'],
    ['two artifacts', PLAIN.replace('"n"', '"$tracking_pixel":"x","n"') + '\n'],
    ['no artifact', PLAIN.replace('"$package"', '"package"') + '\n'],
    ['a key to be renamed', PLAIN.replace('"$package"', '"$pixel"') + '\n'],
    ['an empty id', PLAIN.replace('"n"', '"$unique_id":"","n"') + '\n'],
    ['a time that is a number', PLAIN.replace(/"2026[^"]*"/, '1790000000') + '\n'],
    ['a day that no calendar has', PLAIN.replace('11-24', '02-29') + '\n'],
    ['a row too long', PLAIN.replace('"n"', `"x":"${'x'.repeat(1000)}","n"`) + '\n'],
    ['deep nesting', PLAIN.replace('[1,', `[${'['.repeat(70)}${']'.repeat(70)},`) + '\n'],
  ])('no row with %s', (_, text) => {
    expect(taking(text)).toBe(0);
  });

  test('nothing of rules that ask for more than it knows', () => {
    const integer = { required: [{ path: 'n', type: 'integer' as const, reason: 'n' }] };
    expect(PlainRows.create(rulesOf({ shape: integer }))).toBeUndefined();
    const long = { required: [{ path: 'a-key-of-seventeen', reason: 'n' }] };
    expect(PlainRows.create(rulesOf({ shape: long }))).toBeUndefined();
  });
});

interface Reading {
  text: string | Buffer;
  rules: RowRules;
  slabSizes: number[];
  limits?: { maxRows: number; maxBytes: number };
}

async function readBothWays({ text, rules, slabSizes, limits = roomy }: Reading): Promise<Delivered[]> {
  const read = (shaping: Shaping) => {
    const input = memoryInput(Buffer.from(text), slabSizes);
    const format = createNdjsonFormat();
    const supply = createSupply({ input, inputIndex: 0, format, shaping, maxRowBytes: 300 });
    return deliver(supply, undefined, limits);
  };
  return Promise.all([withKernel(rules, read), read(withoutKernel(rules))]);
}

const rulesArbitrary = fc.record({
  shape: fc.constantFrom(BULK, BULK, PACKAGE, TYPED),
  fillId: fc.constantFrom('position', 'content', 'off'),
  oldEvents: fc.constantFrom('warn', 'reject', 'send'),
  idField: fc.constantFrom('$unique_id', '$unique_id', undefined),
});

test('with the kernel, rows become what they become one by one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fileText,
      rulesArbitrary,
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 3 }),
      fc.constantFrom(roomy, { maxRows: 2, maxBytes: 1e9 }, { maxRows: 1e9, maxBytes: 250 }),
      async (text, rules, slabSizes, limits) => {
        const [together, apart] = await readBothWays({ text, rules: rulesOf(rules), slabSizes, limits });
        expect(together).toEqual(apart);
      },
    ),
    propertyRuns(150),
  );
});

/** Bytes that a mutation is likely to do harm with. */
const HARMFUL = Buffer.from('{}[]",:\\u0e1+-.tfnZT \n\r\t\x00\x1f\x7f\xc3\xa9', 'latin1');

test('so do rows with a byte changed, added or missing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fileText,
      fc.nat(),
      fc.nat(HARMFUL.length - 1),
      fc.constantFrom(0, 1),
      async (text, place, harm, replaced) => {
        const bytes = Buffer.from(text + `{${PLAIN.slice(1)}\n`);
        const at = place % bytes.length;
        const added = Buffer.from([HARMFUL[harm]!]);
        const mutated = Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + replaced)]);
        const rules = rulesOf({ fillId: place % 2 === 0 ? 'off' : 'position' });
        const [together, apart] = await readBothWays({ text: mutated, rules, slabSizes: [1000] });
        expect(together).toEqual(apart);
      },
    ),
    propertyRuns(300),
  );
});

const two = (max: number) => fc.integer({ min: 0, max }).map((number) => String(number).padStart(2, '0'));
/** Times, many of which no calendar or clock shows. */
const timeText = fc
  .record({
    year: fc.constantFrom('0000', '0001', '1600', '1900', '1969', '2000', '2024', '2026', '9999'),
    month: two(13),
    day: two(32),
    hours: two(24),
    minutes: two(60),
    seconds: two(61),
    rest: fc.constantFrom(
      'Z',
      '.5Z',
      '.123Z',
      '.1239Z',
      '.000000001Z',
      '.Z',
      '',
      'z',
      '+00:00',
      '-23:59',
      '.25+05:30',
      '+24:00',
      '+02:60',
      '+0200',
      '-',
      'ZZ',
      '.5',
    ),
  })
  .map(
    ({ year, month, day, hours, minutes, seconds, rest }) =>
      `${year}-${month}-${day}T${hours}:${minutes}:${seconds}${rest}`,
  );

test('so do times of every kind, and their age is the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(timeText, { minLength: 1, maxLength: 10 }),
      fc.nat(),
      fc.constantFrom('warn', 'reject'),
      async (times, choice, oldEvents) => {
        const readable = times.map((time) => Date.parse(time)).filter((ms) => !Number.isNaN(ms));
        // The age at which one of them is just old enough, or just not.
        const boundaryMs = (readable[choice % readable.length] ?? 0) + (choice % 3) - 1;
        const rules = rulesOf({ fillId: 'off', oldEvents, nowMs: boundaryMs + WEEK_MS });
        const text = times.map((time) => `{"$time":"${time}","$package":"p"}\n`).join('');
        const [together, apart] = await readBothWays({ text, rules, slabSizes: [5000] });
        expect(together).toEqual(apart);
      },
    ),
    propertyRuns(250),
  );
});

test('so do files longer than the kernel sees at once, past every change of the ids’ prefix', async () => {
  const rows = Array.from({ length: 30_000 }, (_, index) => PLAIN.replace('"n"', `"n${index}"`));
  rows[20_000] = 'not json';
  const text = `${rows.join('\n')}\n`;
  for (const slabSizes of [[1 << 20], [3 << 20], [70_000, 1 << 20]]) {
    const limits = { maxRows: 1e9, maxBytes: 1 << 20 };
    const [together, apart] = await readBothWays({ text, rules: rulesOf({}), slabSizes, limits });
    expect(together!.text === apart!.text).toBe(true);
    expect(together!.rejects).toEqual(apart!.rejects);
    expect(together!.changes).toEqual({ 'id-filled': 29_999 });
  }
});

test('so do rows of every length whose ids are made of their content', async () => {
  const texts = Array.from({ length: 200 }, (_, length) =>
    SHORTEST.replace('"p"', `"${'p'.repeat(length + 1)}"`),
  );
  for (const rows of [texts, texts.toSorted((one, other) => (one.length % 7) - (other.length % 7))]) {
    const reading = {
      text: `${rows.join('\n')}\n`,
      rules: rulesOf({ fillId: 'content' }),
      slabSizes: [1 << 20],
    };
    const [together, apart] = await readBothWays(reading);
    expect(together!.text).toBe(apart!.text);
    expect(together!.changes).toEqual({ 'id-filled': texts.length });
  }
});

test('inputs that are read side by side do not mix', async () => {
  const rules = rulesOf({});
  const shaping = createShaping(rules);
  const texts = ['a', 'b'].map((name) => `${PLAIN.replace('"n"', `"${name}"`)}\n`.repeat(200));
  const supplies = texts.map((text) => {
    const input = memoryInput(text, [1000]);
    return createSupply({ input, inputIndex: 0, format: createNdjsonFormat(), shaping, maxRowBytes: 1000 });
  });
  const delivered = await Promise.all(supplies.map((supply) => deliver(supply)));
  const apart = await Promise.all(
    texts.map(async (text) => (await readBothWays({ text, rules, slabSizes: [1000] }))[1]),
  );
  expect(delivered.map(({ text }) => text)).toEqual(apart.map((one) => one?.text));
});
