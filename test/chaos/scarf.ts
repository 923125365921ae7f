/** Scarf: imports are jobs that end later, or badly. */
import type { SandboxOptions } from '../../src/sandbox/index.ts';
import { countByMark, filler, markOf, NDJSON, UPLOAD_FAULTS, type Deal, type UnplacedFault } from './play.ts';
import type { Chance } from './random.ts';

/** The package that exists at the vendor. */
const PACKAGE = '970493a1-4ca0-4a4d-a085-fdce578e5a08';

const questions: readonly UnplacedFault[] = [
  { kind: 'reset' },
  { kind: 'reset-mid-reply' },
  { kind: 'garbage' },
  { kind: 'delay', delayMs: 50 },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 429 },
];

const uploads: readonly UnplacedFault[] = [
  ...UPLOAD_FAULTS,
  { kind: 'status', status: 415 },
  { kind: 'status', status: 422, body: 'too many active imports' },
];

export const dealScarf: Deal = (chance) => {
  const ids = chance.pick(['own', 'position', 'content', 'off']);
  return {
    command: ['import'],
    environment: {},
    flags: ['--fill-id', ids === 'own' ? 'off' : ids],
    flagsOfOne: (ofOne) => ['--chunk-size', `${ofOne.between(1, 12)}KiB`],
    sandbox: { scarf: jobs(chance) },
    faults: [
      { routes: ['import'], kinds: uploads, share: 0.2 },
      { routes: ['list', 'show', 'log'], kinds: questions, share: 0.2 },
    ],
    hasIds: ids !== 'off',
    layout: NDJSON,
    maxRows: 300,
    fates: ['refused-here', 'refused-there'],
    row: (number, fate) => {
      const mark = `"mark":"${markOf(number)}"`;
      if (fate === 'refused-here') return chance.pick([`{${mark}`, `["${markOf(number)}"]`]);
      const id = ids === 'own' ? `"$unique_id":"own-${number}",` : '';
      const artifact = fate === 'refused-there' ? 'elsewhere' : PACKAGE;
      return `{${id}"$package":"${artifact}","$time":"2126-01-01T00:00:00Z",${mark},"filler":"${filler(chance)}"}`;
    },
    arrived: ({ vendors }) => countByMark(vendors.scarf.events().map(({ text }) => text)),
  };
};

/** Text that makes a row so large that some hundreds of them are read by several threads. */
const BULK = 'some words that are packed well, '.repeat(1200);

/** Inputs of megabytes, which several threads read; processes may differ in how many. */
export const dealLargeScarf: Deal = (chance) => {
  const play = dealScarf(chance);
  return {
    ...play,
    flagsOfOne: (ofOne) => [
      ...['--chunk-size', `${ofOne.between(200, 3000)}KiB`],
      ...['--threads', ofOne.pick(['1', '2', '3'])],
    ],
    row: (number, fate) => play.row(number, fate).replace('"filler":"', `"filler":"${BULK}`),
  };
};

function jobs(chance: Chance): NonNullable<SandboxOptions['scarf']> {
  const kinds = [
    'aborts',
    'vanishes',
    'no-counters',
    'odd-counters',
    'appears-late',
    'unknown-status',
  ] as const;
  const outcomes = kinds
    .filter(() => chance.happens(0.15))
    .map((kind) => ({ kind, skip: chance.between(0, 6), times: chance.between(1, 2) }));
  const mayVanish = outcomes.some(({ kind }) => kind === 'vanishes');
  return {
    keepEvents: true,
    artifacts: [{ kind: 'package', id: PACKAGE }],
    // The log of an import that vanishes is lost, and with it which of its rows failed.
    jobMs: mayVanish ? 60 : chance.pick([0, 5, 60]),
    maxActive: chance.pick([2, 5, 15]),
    dedupe: chance.pick(['first', 'last']),
    outcomes,
  };
}
