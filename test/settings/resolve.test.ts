import { describe, expect, it } from 'vitest';
import type { OptionSpec } from '../../src/settings/option-spec.ts';
import { Failure } from '../../src/failure.ts';
import { processMask } from '../../src/masking/process-mask.ts';
import { recipeValues, resolveSettings } from '../../src/settings/resolve.ts';

const specs: readonly OptionSpec[] = [
  {
    name: 'owner',
    flags: '--owner <name>',
    environment: ['SCARF_OWNER', 'SCARF_ENTITY_NAME'],
    recipe: true,
    description: '',
  },
  {
    name: 'maxActive',
    flags: '-m, --max-active <n>',
    environment: ['SCARF_MAX_ACTIVE'],
    kind: 'count',
    default: 15,
    description: '',
  },
  { name: 'wait', flags: '--no-wait', environment: ['SCARF_WAIT'], default: true, description: '' },
  { name: 'map', flags: '--map <pair>', repeatable: true, recipe: true, description: '' },
  { name: 'chunkSize', kind: 'byteSize', environment: ['SCARF_CHUNK_SIZE'], default: 8192, description: '' },
  { name: 'token', environment: ['SCARF_API_TOKEN'], secret: true, description: '' },
];

function resolve(given: {
  flags?: object;
  environment?: Record<string, string>;
  profile?: Record<string, unknown>;
}) {
  return resolveSettings(specs, {
    flags: { ...given.flags },
    environment: given.environment ?? {},
    ...(given.profile ? { profile: given.profile } : {}),
  });
}

describe('the order of sources', () => {
  const flags = { owner: 'by-flag' };
  const environment = { SCARF_OWNER: 'by-variable', SCARF_ENTITY_NAME: 'by-second' };
  const profile = { owner: 'by-profile' };

  it.each([
    [{ flags, environment, profile }, 'by-flag', { kind: 'flag', name: '--owner' }],
    [{ environment, profile }, 'by-variable', { kind: 'environment', name: 'SCARF_OWNER' }],
    [
      { environment: { SCARF_ENTITY_NAME: 'by-second' }, profile },
      'by-second',
      { kind: 'environment', name: 'SCARF_ENTITY_NAME' },
    ],
    [
      { environment: { SCARF_OWNER: '', SCARF_ENTITY_NAME: 'by-second' } },
      'by-second',
      { kind: 'environment', name: 'SCARF_ENTITY_NAME' },
    ],
    [{ profile }, 'by-profile', { kind: 'profile', name: 'owner' }],
    [{}, undefined, { kind: 'unset' }],
  ])('%j', (given, value, source) => {
    const settings = resolve(given);
    expect(settings.values['owner']).toBe(value);
    expect(settings.sources['owner']).toEqual(source);
  });

  it('falls back to the default', () => {
    expect(resolve({}).values).toEqual({ maxActive: 15, wait: true, chunkSize: 8192 });
    expect(resolve({}).sources['maxActive']).toEqual({ kind: 'default' });
  });

  it('lets a flag say no where the environment says yes, and the other way round', () => {
    expect(resolve({ flags: { wait: false }, environment: { SCARF_WAIT: 'yes' } }).values['wait']).toBe(
      false,
    );
    expect(resolve({ flags: { wait: true }, environment: { SCARF_WAIT: '0' } }).values['wait']).toBe(true);
    expect(resolve({ environment: { SCARF_WAIT: 'off' } }).values['wait']).toBe(false);
  });
});

describe('values', () => {
  it('are frozen, lists too', () => {
    const settings = resolve({ flags: { map: ['a=b'] } });
    expect(Object.isFrozen(settings) && Object.isFrozen(settings.values)).toBe(true);
    expect(Object.isFrozen(settings.values['map'])).toBe(true);
  });

  it.each([
    [{ maxActive: 7 }, 'maxActive', 7],
    [{ maxActive: '7' }, 'maxActive', 7],
    [{ chunkSize: '8KiB' }, 'chunkSize', 8192],
    [{ wait: false }, 'wait', false],
    [{ wait: 'no' }, 'wait', false],
    [{ map: ['a=b', 'c=d'] }, 'map', ['a=b', 'c=d']],
    [{ map: 'a=b' }, 'map', ['a=b']],
    [{ owner: null }, 'owner', undefined],
  ])('read the profile %j', (profile, name, value) => {
    expect(resolve({ profile }).values[name]).toEqual(value);
  });

  it.each([
    [{ environment: { SCARF_MAX_ACTIVE: 'many' } }, 'SCARF_MAX_ACTIVE'],
    [{ environment: { SCARF_WAIT: 'perhaps' } }, 'SCARF_WAIT'],
    [{ environment: { SCARF_CHUNK_SIZE: '1', SCARF_MAX_ACTIVE: '-1' } }, 'SCARF_MAX_ACTIVE'],
    [{ profile: { maxActive: 'many' } }, 'maxActive'],
    [{ profile: { owner: { name: 'acme' } } }, 'owner'],
  ])('%j is a usage failure that names its source', (given, name) => {
    expect(() => resolve(given)).toThrow(Failure);
    expect(() => resolve(given)).toThrow(name);
  });
});

describe('secrets', () => {
  resolve({ environment: { SCARF_API_TOKEN: 'tell-nobody' } });

  it('are masked from now on in what the process writes', () => {
    expect(processMask.text('tell-nobody: please')).toBe('[secret]: please');
  });

  it('are not quoted when they cannot be read', () => {
    const picky: OptionSpec[] = [
      { name: 'key', environment: ['KEY'], secret: true, choices: ['a', 'b'], description: '' },
    ];
    const attempt = () => resolveSettings(picky, { flags: {}, environment: { KEY: 'tell-nobody' } });
    expect(attempt).toThrow('KEY');
    expect(attempt).not.toThrow('tell-nobody');
  });
});

it('gives the recipe in a fixed order, without what is unset', () => {
  const settings = resolve({ flags: { owner: 'acme', map: ['a=b'], maxActive: 3 } });
  const recipe = recipeValues(specs, settings.values);
  expect(JSON.stringify(recipe)).toBe('{"map":["a=b"],"owner":"acme"}');
  expect(recipeValues(specs, resolve({}).values)).toEqual({});
});

describe('what an option implies', () => {
  const preset: OptionSpec<string> = {
    name: 'preset',
    flags: '--preset <name>',
    description: '',
    implies: () => ({ owner: 'implied', maxActive: 3, map: ['a=1', 'b=2'], elsewhere: 'x' }),
  };
  const overriding = specs.map((spec) =>
    spec.name === 'map'
      ? { ...spec, overrides: (mine: string, other: string) => mine[0] === other[0] }
      : spec,
  );
  const given = (flags: object, known: readonly OptionSpec[] = overriding) =>
    resolveSettings([preset as OptionSpec, ...known], { flags: { preset: 'p', ...flags }, environment: {} });

  it('stands above defaults, and is said to be implied', () => {
    const { values, sources } = given({});
    expect(values).toMatchObject({ owner: 'implied', maxActive: 3, map: ['a=1', 'b=2'] });
    expect(values).not.toHaveProperty('elsewhere');
    expect(sources['maxActive']).toEqual({ kind: 'implied', name: 'preset' });
  });

  it('gives way to what is set, entry by entry where entries can be told apart', () => {
    const { values, sources } = given({ owner: 'me', map: ['a=9', 'c=3'] });
    expect(values).toMatchObject({ owner: 'me', maxActive: 3, map: ['b=2', 'a=9', 'c=3'] });
    expect(sources['owner']).toEqual({ kind: 'flag', name: '--owner' });
    expect(given({ map: ['c=3'] }, specs).values['map']).toEqual(['c=3']);
  });

  it('is nothing without its option', () => {
    const { values } = resolveSettings([preset as OptionSpec, ...specs], { flags: {}, environment: {} });
    expect(values).not.toHaveProperty('owner');
  });
});

describe('an option that stands instead of another', () => {
  const either: readonly OptionSpec[] = [
    { name: 'package', flags: '--package <id>', insteadOf: ['pixel'], description: '' },
    { name: 'pixel', flags: '--pixel <id>', environment: ['PIXEL'], insteadOf: ['package'], description: '' },
    ...(['append', 'overwrite'] as const).map((name, index) => ({
      ...{ name, flags: `--${name}`, environment: [name.toUpperCase()], kind: 'flag' as const },
      ...{ default: false, insteadOf: [index === 0 ? 'overwrite' : 'append'], description: '' },
    })),
  ];

  it.each([
    [{ flags: { package: 'a' }, profile: { pixel: 'b' } }, { package: 'a' }],
    [{ flags: { package: 'a' }, environment: { PIXEL: 'b' } }, { package: 'a' }],
    [{ environment: { PIXEL: 'b' }, profile: { package: 'a' } }, { pixel: 'b' }],
    [
      { flags: { append: true }, profile: { overwrite: true } },
      { append: true, overwrite: false },
    ],
    // What is typed takes nothing back but itself.
    [
      { flags: { append: false }, profile: { overwrite: true } },
      { append: false, overwrite: true },
    ],
    // From one place: the command refuses them.
    [{ flags: { package: 'a', pixel: 'b' } }, { package: 'a', pixel: 'b' }],
    [{ profile: { package: 'a', pixel: 'b' } }, { package: 'a', pixel: 'b' }],
  ])('takes back what is farther away: %o', (given, values) => {
    const settings = resolveSettings(either, { flags: {}, environment: {}, ...given });
    expect(settings.values).toEqual({ append: false, overwrite: false, ...values });
    for (const [name, { kind }] of Object.entries(settings.sources)) {
      if (!(name in settings.values)) expect(kind).toBe('unset');
    }
  });
});
