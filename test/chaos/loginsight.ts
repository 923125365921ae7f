/** Log Insight: sessions that end, texts that become several events, and counts instead of ids. */
import type { Sandbox } from '../../src/sandbox/index.ts';
import {
  csvOf,
  filler,
  markOf,
  NDJSON,
  numbersIn,
  TEXT,
  UPLOAD_FAULTS,
  type Deal,
  type Fate,
  type UnplacedFault,
} from './play.ts';
import type { Chance } from './random.ts';

const CSV = csvOf('text', 'mark', 'level');

const uploads: readonly UnplacedFault[] = [...UPLOAD_FAULTS, { kind: 'status', status: 440 }];

const logins: readonly UnplacedFault[] = [
  { kind: 'reset' },
  { kind: 'garbage' },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 401 },
];

/** The options of one kind of server, and the settings a client needs for it. */
const KINDS = {
  v1: { flags: ['--api', 'v1'], options: {}, environment: {} },
  anonymous: { flags: [], options: {}, environment: { LOGINSIGHT_USERNAME: '', LOGINSIGHT_PASSWORD: '' } },
  v2: { flags: ['--api', 'v2'], options: {}, environment: {} },
  cloud: {
    flags: ['--api', 'cloud'],
    options: { product: 'cloud', cloudToken: 'cloud-token' },
    environment: { LOGINSIGHT_USERNAME: '', LOGINSIGHT_PASSWORD: '', LOGINSIGHT_SESSION_ID: 'cloud-token' },
  },
} as const;

export const dealLogInsight: Deal = (chance) => {
  const name = chance.pick<keyof typeof KINDS>(['v1', 'v1', 'anonymous', 'v2', 'cloud']);
  const kind = KINDS[name];
  const layout = chance.pick([NDJSON, NDJSON, CSV, TEXT]);
  const badEvents = chance.pick<'refuse-request' | 'drop-event'>(['refuse-request', 'drop-event']);
  const texts = new Map<number, string>();
  const sessionTtlMs = chance.pick([200, 500, 60_000]);
  const gzip = chance.happens(0.8);
  return {
    command: ['ingest', 'loginsight'],
    environment: kind.environment,
    flags: kind.flags,
    flagsOfOne: () => [],
    sandbox: { loginsight: { keepEvents: true, sessionTtlMs, gzip, badEvents, ...kind.options } },
    faults: [
      { routes: ['ingest'], kinds: uploads, share: 0.15 },
      { routes: ['session'], kinds: logins, share: 0.15 },
    ],
    hasIds: false,
    layout,
    maxRows: 2500,
    fates: fatesOf(layout.name, { api: name, badEvents }),
    row: (number, fate) => {
      const mark = markOf(number);
      const text = layout === TEXT ? `${mark} ${filler(chance)}` : textOf(chance, fate);
      texts.set(number, text);
      if (layout === TEXT) return text;
      if (layout === CSV) return `${text},${mark},info`;
      return jsonOf({ mark, fate, text }, chance);
    },
    arrived: (sandbox) => arrivedOf(sandbox, texts),
    isReadable: (text) => /"(ingested|received)":\d+,.*\}$/.test(text),
  };
};

/** Fields of an event in list form are sent under their own names; only the server refuses a name that occurs twice. */
function fatesOf(
  layout: string,
  { api, badEvents }: { api: string; badEvents: string },
): readonly [Fate, ...Fate[]] {
  if (layout !== 'ndjson') return ['arrives'];
  if (api === 'v2' || api === 'cloud') return ['refused-here'];
  return ['refused-here', badEvents === 'drop-event' ? 'left-out' : 'refused-there'];
}

/** Some of them longer than the server takes: but when it leaves pieces out, nobody knows of how many rows they are. */
function textOf(chance: Chance, fate: Fate): string {
  if (fate === 'left-out' || !chance.happens(0.02)) return filler(chance);
  return chance.pick(['x', 'ä', '€', '😀']).repeat(chance.between(5000, 20_000));
}

function jsonOf({ mark, fate, text }: { mark: string; fate: Fate; text: string }, chance: Chance): string {
  const named = { name: 'mark', content: mark };
  const at = { timestamp: Date.parse('2014-04-04T14:47:59Z') };
  switch (fate) {
    case 'arrives':
      return JSON.stringify(
        chance.happens(0.5) ? { ...at, text, mark } : { ...at, text, fields: [named, { name: 'level' }] },
      );
    case 'refused-here':
      return chance.pick([
        `{"mark":"${mark}"`,
        JSON.stringify({ text: 'short', fields: [named, { name: 'at', startPosition: 3, length: 9 }] }),
      ]);
    case 'refused-there':
    case 'left-out':
      return JSON.stringify({ text, fields: [named, { name: 'level' }, { name: 'level' }] });
  }
}

interface Stored {
  text: string;
  fields: { name: string; content?: string }[];
}

/** A row is there when all its pieces are, in order. */
function arrivedOf({ vendors }: Sandbox, texts: ReadonlyMap<number, string>): Map<number, number> {
  const found = new Map<number, string[]>();
  for (const event of vendors.loginsight.events()) {
    const { text, fields } = JSON.parse(event.text ?? '') as Stored;
    const mark = fields.find(({ name }) => name === 'mark')?.content ?? text;
    const [number = -1] = numbersIn(mark);
    found.set(number, [...(found.get(number) ?? []), text]);
  }
  return new Map(
    [...found].map(([number, pieces]) => [number, timesIn(pieces, texts.get(number) ?? '')] as const),
  );
}

function timesIn(pieces: readonly string[], whole: string): number {
  if (whole === '') return pieces.length;
  const joined = pieces.join('');
  const times = joined.length / whole.length;
  return joined === whole.repeat(Math.ceil(times)) ? times : Number.NaN;
}
