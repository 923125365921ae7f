/** Files of made-up events, much like those of a download gateway, about 331 bytes each. The same ones in every run, apart from their times. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { EVENT_COLUMNS } from '../../src/vendors/scarf/exports/columns.ts';

export interface Material {
  path: string;
  /** The file ends when it has so many bytes or more. */
  bytes?: number;
  /** The file ends with this row. */
  rows?: number;
  /** Bytes of text that each row of NDJSON has besides. */
  padBytes?: number;
  kind: 'ndjson' | 'ndjson-without-ids' | 'repetitive' | 'csv' | 'csv-to-map' | 'export' | 'export-narrow';
}

const batchBytes = 1024 * 1024;
const dayMs = 86_400_000;

const AGENTS = [
  'docker/24.0.7 go/go1.20.10 git-commit/311b9ff kernel/5.15.0-91-generic os/linux arch/amd64',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)',
  'npm/10.2.4 node/v20.11.0 linux x64 workspaces/false',
  'Helm/3.14.2',
  'pip/23.3.1 CPython/3.11.6 Linux/6.1.0-17-amd64',
  'containerd/1.7.13',
];

/** A file as it was written. */
export interface Written {
  path: string;
  bytes: number;
  rows: number;
}

/** Writes a file of events. */
export async function writeMaterial({
  path,
  bytes = Infinity,
  rows = Infinity,
  padBytes = 0,
  kind,
}: Material): Promise<Written> {
  const random = new Random();
  const startMs = Date.now() - dayMs;
  const out = createWriteStream(path, { highWaterMark: 4 * batchBytes });
  const text = HEADS[kind]();
  let written = text.length;
  let left = rows;
  let count = 0;
  out.write(text);
  while (written < bytes && left > 0) {
    let batch = '';
    while (batch.length < batchBytes && left > 0) {
      batch += padded(rowOf(kind, random, startMs), padBytes, random);
      left--;
      count++;
    }
    written += batch.length;
    if (!out.write(batch)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  return { path, bytes: written, rows: count };
}

/** A row of NDJSON with a text of so many bytes behind its other fields. */
function padded(row: string, bytes: number, random: Random): string {
  if (bytes === 0) return row;
  let text = '';
  while (text.length < bytes) text += `${AGENTS[random.below(AGENTS.length)] ?? ''} ${random.hex(6)} `;
  return `${row.slice(0, -2)},"note":"${text.slice(0, bytes)}"}\n`;
}

type Event = Record<string, string | number>;

const HEADS: Record<Material['kind'], () => string> = {
  ndjson: () => '',
  'ndjson-without-ids': () => '',
  repetitive: () => '',
  csv: () => `${Object.keys(eventOf(new Random(), 0)).join(',')}\n`,
  'csv-to-map': () => `${Object.keys(eventOf(new Random(), 0)).map(columnOf).join(',')}\n`,
  export: () => `${EVENT_COLUMNS.map(({ name }) => name).join(',')}\n`,
  'export-narrow': () => `${Object.keys(narrowCells(new Random())).join(',')}\n`,
};

/** Rows of which a repetitive file has one after the other. */
const DIFFERENT = 100;

function rowOf(kind: Material['kind'], random: Random, startMs: number): string {
  if (kind === 'export') return `${exportCells(random).join(',')}\n`;
  if (kind === 'export-narrow') return `${Object.values(narrowCells(random)).join(',')}\n`;
  if (kind === 'repetitive') random.begin(random.below(DIFFERENT));
  const event = eventOf(random, startMs);
  if (kind === 'csv' || kind === 'csv-to-map') return `${Object.values(event).map(csvCell).join(',')}\n`;
  if (kind === 'ndjson-without-ids') delete event['$unique_id'];
  return `${JSON.stringify(event)}\n`;
}

function eventOf(random: Random, startMs: number): Event {
  return {
    $unique_id: random.uuid(),
    $time: new Date(startMs + random.below(dayMs)).toISOString(),
    $package: '970493a1-4ca0-4a4d-a085-fdce578e5a08',
    $type: 'binary-download',
    $version: `${random.below(5)}.${random.below(20)}.${random.below(10)}`,
    $remote_address: [0, 0, 0, 0].map(() => random.below(256)).join('.'),
    $user_agent: AGENTS[random.below(AGENTS.length)] ?? '',
    path: `/v2/library/gateway/manifests/${random.hex(8)}`,
    country: ['US', 'DE', 'FR', 'IN'][random.below(4)] ?? '',
    status: 200 + random.below(3),
    duration: random.below(4000) / 10,
  };
}

/** What tables call the fields of the vendor; `MAPPING` gives them their names. */
const COLUMN_NAMES: Readonly<Record<string, string>> = {
  $unique_id: 'event_id',
  $time: 'happened',
  $package: 'artifact',
  $type: 'kind',
  $version: 'release',
  $remote_address: 'client',
  $user_agent: 'agent',
};

/** The options that an import of a `csv-to-map` file needs. */
export const MAPPING = Object.entries(COLUMN_NAMES).flatMap(([field, name]) => ['--map', `${name}=${field}`]);

function columnOf(field: string): string {
  return COLUMN_NAMES[field] ?? field;
}

function csvCell(value: string | number): string {
  const text = String(value);
  return text.includes(',') ? `"${text}"` : text;
}

/** All on the one day that the export asks for. */
export const EXPORT_DAY = '2026-11-01';

function exportCells(random: Random): string[] {
  const known: Record<string, string> = {
    id: random.uuid(),
    type: 'binary-download',
    package: '970493a1-4ca0-4a4d-a085-fdce578e5a08',
    version: `1.${random.below(20)}.${random.below(10)}`,
    time: `${EXPORT_DAY}T${new Date(random.below(dayMs)).toISOString().slice(11, 19)}Z`,
    user_agent: `"${AGENTS[random.below(AGENTS.length)] ?? ''}"`,
    platform: 'linux',
    origin_id: random.hex(16),
    origin_latitude: '-33.86',
    origin_longitude: '151.2',
    origin_country: 'AU',
    origin_city: 'Sydney',
    origin_company: '"ACME, Inc."',
    origin_domain: 'acme.example',
    dnt: 'false',
    confidence: '0.874',
    endpoint_id: random.hex(12),
    origin_state: 'NSW',
    mtc_quota_exceeded: 'false',
  };
  return EVENT_COLUMNS.map(({ name }) => known[name] ?? '');
}

/** Of some columns only, about 131 bytes, of a month and 300,000 origins: what a report must remember most of, by bytes. */
function narrowCells(random: Random): Record<string, string> {
  const day = String(1 + random.below(30)).padStart(2, '0');
  return {
    id: random.uuid(),
    type: 'binary-download',
    package: `gateway-image-${random.below(4)}`,
    version: `1.${random.below(20)}.${random.below(10)}`,
    time: `2026-11-${day}T${new Date(random.below(dayMs)).toISOString().slice(11, 19)}Z`,
    platform: 'linux',
    origin_id: `origin-${random.below(300_000)}`,
    origin_country: ['US', 'DE', 'FR', 'IN'][random.below(4)] ?? '',
    origin_company: `Company ${random.below(500)}`,
  };
}

/** A linear congruential generator: fast, and the same numbers every time. */
class Random {
  #state = 12_345;

  /** Begins anew, so that the same numbers follow a number; what is told before stays as random. */
  begin(seed: number): void {
    this.#state = Math.imul(seed + 1, 2_654_435_761) >>> 0;
  }

  below(end: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * end);
  }

  hex(digits: number): string {
    let text = '';
    for (let index = 0; index < digits; index++) text += this.below(16).toString(16);
    return text;
  }

  uuid(): string {
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-a${this.hex(3)}-${this.hex(12)}`;
  }
}
