/** Every preset: a thousand generated lines of its kind arrive, their times and fields right. */
import { expect, test } from 'vitest';
import { PRESETS } from '../../src/formats/presets.ts';
import { GENERATORS, seeded, type Said } from '../formats/presets/generators.ts';
import { openPlace } from '../machine.ts';

const PACKAGE = '970493a1-4ca0-4a4d-a085-fdce578e5a08';

const FIELDS = {
  $time: 'time',
  $remote_address: 'address',
  $user_agent: 'agent',
  $referrer: 'referrer',
  $domain: 'domain',
} as const;

/** What a row at the vendor says, as far as the generator knows it. */
function saidBy(row: Record<string, unknown>, { more }: Said): unknown {
  const fields = Object.entries(FIELDS).flatMap(([name, field]) => {
    const value = row[name];
    return value === undefined ? [] : [[field, field === 'time' ? instant(value) : value]];
  });
  const others = Object.keys(more ?? {}).map((name) => [name, row[name] ?? null]);
  return {
    ...Object.fromEntries(fields),
    ...(more === undefined ? {} : { more: Object.fromEntries(others) as unknown }),
  };
}

/** To the digit, however many digits there are. */
function instant(value: unknown): string {
  const [, seconds = '', fraction = ''] = /^(.{19})(?:\.(\d+))?Z$/.exec(String(value)) ?? [];
  return `${seconds}.${fraction.padEnd(9, '0')}`;
}

test('there is a generator for each preset', () => {
  expect(Object.keys(GENERATORS).sort()).toEqual(PRESETS.map(({ name }) => name).sort());
});

test.each(PRESETS.map(({ name }) => [name] as const))('%s', async (name) => {
  const place = await openPlace();
  const generated = GENERATORS[name]?.(1_000, { random: seeded(14), now: Date.now() });
  if (generated === undefined) throw new Error('no generator');
  await place.write('input', generated.content);
  const argv = ['input', '--preset', name, '--package', PACKAGE, ...(generated.flags ?? [])];
  const { exit, report } = await place.importFiles(argv);
  expect([exit, report.rejects.reasons]).toEqual([0, []]);
  expect(report.counts).toMatchObject({ read: 1_000, accepted: 1_000 });
  const rows = place.sandbox.vendors.scarf
    .events()
    .map(({ text }) => JSON.parse(text ?? '{}') as Record<string, unknown>);
  expect(rows).toHaveLength(generated.said.length);
  for (const [index, said] of generated.said.entries()) {
    expect(saidBy(rows[index] ?? {}, said)).toEqual({ ...said, time: instant(said.time) });
  }
});
