/** The types of values follow from how options are declared; held by the compiler, since tests are type-checked too. */
import { describe, expect, expectTypeOf, it, test } from 'vitest';
import type {
  DeliverySettings,
  IMPORT_OPTIONS,
  ingestOptions,
} from '../../src/application/options/delivery.ts';
import type { EXPORT_OPTIONS, ExportSettings } from '../../src/application/options/export.ts';
import type { Share } from '../../src/records.ts';
import type { OptionSpec } from '../../src/settings/option-spec.ts';
import { resolveSettings } from '../../src/settings/resolve.ts';
import { valuesOf, type ValuesOf } from '../../src/settings/values.ts';

const SPECS = [
  { name: 'json', flags: '--json', description: '' },
  { name: 'wait', flags: '--no-wait', description: '', default: true },
  { name: 'quiet', description: '', environment: ['QUIET'], kind: 'flag' },
  { name: 'retries', flags: '--retries <n>', description: '', kind: 'count', default: 8 },
  { name: 'size', flags: '--size <bytes>', description: '', kind: 'byteSize' },
  { name: 'deadline', flags: '--deadline <duration>', description: '', kind: 'duration' },
  { name: 'share', flags: '--share <n|n%>', description: '', kind: 'share' },
  { name: 'report', flags: '--report <file>', description: '', path: { role: 'output' } },
  { name: 'owner', flags: '--owner <name>', description: '' },
  { name: 'page', flags: '--page [name]', description: '' },
  { name: 'token', description: '', environment: ['TOKEN'], secret: true },
  { name: 'mode', flags: '--mode <mode>', description: '', choices: ['auto', 'plain'], default: 'auto' },
  { name: 'only', flags: '--only <mode>', description: '', choices: ['a', 'b'], repeatable: true },
  { name: 'map', flags: '--map <pair>', description: '', repeatable: true },
  { name: 'ids', flags: '--ids <ids...>', description: '', repeatable: true, default: ['all'] },
  { name: 'level', flags: '--level <n>', description: '', parse: (text: string) => Number(text), default: 1 },
  { name: 'fault', flags: '--fault <json>', description: '', repeatable: true, parse: parseFaults },
] as const satisfies readonly OptionSpec[];

function parseFaults(text: string): { kind: string }[] {
  return [{ kind: text }];
}

interface Expected {
  readonly json?: boolean;
  readonly wait: boolean;
  readonly quiet?: boolean;
  readonly retries: number;
  readonly size?: number;
  readonly deadline?: number;
  readonly share?: Share;
  readonly report?: string;
  readonly owner?: string;
  readonly page?: string;
  readonly token?: string;
  readonly mode: 'auto' | 'plain';
  readonly only?: readonly ('a' | 'b')[];
  readonly map?: readonly string[];
  readonly ids: readonly string[];
  readonly level: number;
  readonly fault?: { kind: string }[];
}

describe('the types of values', () => {
  it('follow from kind, flag, choices, parse, repetition and default', () => {
    expectTypeOf<ValuesOf<typeof SPECS>>().toEqualTypeOf<Expected>();
    const { values } = resolveSettings(SPECS, { flags: {}, environment: {} });
    expectTypeOf(values).toEqualTypeOf<Expected>();
    expect(values).toEqual({ wait: true, retries: 8, mode: 'auto', ids: ['all'], level: 1 });
  });

  it('have no name that no option has', () => {
    const { values } = resolveSettings(SPECS, { flags: {}, environment: {} });
    // @ts-expect-error there is no such option
    expect(values.retires).toBeUndefined();
  });

  it('show a default of another type', () => {
    type Wrong = ValuesOf<
      [{ name: 'retries'; flags: '--retries <n>'; kind: 'count'; description: ''; default: '8' }]
    >;
    expectTypeOf<Wrong>().toEqualTypeOf<{ readonly retries: number | '8' }>();
  });

  it('are those of all lists that a list is put together of', () => {
    type Both = ValuesOf<[...typeof SPECS, { name: 'more'; flags: '--more'; description: '' }]>;
    expectTypeOf<Both['more']>().toEqualTypeOf<boolean | undefined>();
    expectTypeOf<Both['retries']>().toEqualTypeOf<number>();
  });

  it('are not known of options that are known as such only, also beside others', () => {
    expectTypeOf<ValuesOf<readonly OptionSpec[]>>().toEqualTypeOf<{ readonly [name: string]: unknown }>();
    type Mixed = ValuesOf<[...OptionSpec[], ...typeof SPECS]>;
    expectTypeOf<Mixed['retries']>().toEqualTypeOf<number>();
    expectTypeOf<Mixed['other']>().toBeUnknown();
  });

  it('of an import, of every ingest and of every export are what runs take', () => {
    expectTypeOf<ValuesOf<typeof IMPORT_OPTIONS>>().toExtend<DeliverySettings>();
    expectTypeOf<ValuesOf<ReturnType<typeof ingestOptions>>>().toExtend<DeliverySettings>();
    expectTypeOf<ValuesOf<(typeof EXPORT_OPTIONS)[keyof typeof EXPORT_OPTIONS]>>().toExtend<ExportSettings>();
    expectTypeOf<DeliverySettings['progress']>().toEqualTypeOf<'auto' | 'plain' | 'json' | 'none'>();
    expectTypeOf<DeliverySettings['maxRejects']>().toEqualTypeOf<Share | undefined>();
    expectTypeOf<ExportSettings['rollup']>().toEqualTypeOf<
      'total' | 'daily' | 'weekly' | 'monthly' | 'yearly' | undefined
    >();
  });
});

describe('values taken out of a bag', () => {
  it('are those of the options alone, an empty text being none, with defaults', () => {
    const bag = { owner: '', retries: 3, other: true, map: ['a=b'], token: 'abc' };
    expect(valuesOf(SPECS, bag)).toEqual({
      wait: true,
      retries: 3,
      mode: 'auto',
      ids: ['all'],
      level: 1,
      map: ['a=b'],
      token: 'abc',
    });
  });

  test.each([
    [{ json: 'yes' }],
    [{ retries: '3' }],
    [{ share: 3 }],
    [{ share: {} }],
    [{ owner: 3 }],
    [{ mode: 'other' }],
    [{ only: 'a' }],
    [{ only: ['a', 'c'] }],
    [{ map: [1] }],
  ])('%j is a bug', (bag) => {
    const [name = ''] = Object.keys(bag);
    expect(() => valuesOf(SPECS, bag)).toThrow(expect.objectContaining({ kind: 'bug' }) as Error);
    expect(() => valuesOf(SPECS, bag)).toThrow(name);
  });

  test.each([[{ share: { count: 3 } }], [{ share: { share: 0.5 } }], [{ only: ['a', 'b'] }]])(
    '%j is none',
    (bag) => {
      expect(valuesOf(SPECS, bag)).toMatchObject(bag);
    },
  );
});
