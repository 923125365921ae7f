import type { Clock } from '../../identity.ts';
import type { ArtifactCatalog } from '../artifacts.ts';
import type { Artifact } from '../options.ts';
import { DAY_MS, type DayNumber } from './calendar.ts';
import { Seeded } from './seeded.ts';
import type { ScarfExportSettings } from './options.ts';
import * as words from './vocabulary.ts';

/** Selects events by day, both ends inclusive, and by artifact or company. */
export interface HistorySpan {
  kind: Artifact['kind'];
  firstDay: DayNumber;
  lastDay: DayNumber;
  /** Only events of these artifacts. */
  artifacts?: readonly Artifact[];
  /** Only events attributed to this company. */
  domain?: string;
}

interface HistoryEvent {
  cells: string[];
  artifact: Artifact;
  comesTwice: boolean;
}

const DOMAIN_COLUMN = words.EVENT_COLUMNS.indexOf('origin_domain');

/** How many rows after an event its repetition follows. */
const REPEAT_DISTANCE = 7;

/**
 * The account's past, generated on demand. Every event is a function of seed, day and number, so the same
 * question always gets the same answer, except for late events and those that have not happened yet.
 */
export class EventHistory {
  private readonly settings: ScarfExportSettings;
  private readonly catalog: ArtifactCatalog;
  private readonly clock: Clock;

  constructor(settings: ScarfExportSettings, catalog: ArtifactCatalog, clock: Clock) {
    this.settings = settings;
    this.catalog = catalog;
    this.clock = clock;
  }

  /** Rows as exported, with repetitions, in order of time. */
  *rows(span: HistorySpan): Generator<string[]> {
    for (let day = span.firstDay; day <= span.lastDay; day += 1) {
      const repeats: { row: string[]; after: number }[] = [];
      let written = 0;
      for (const event of this.eventsOf(day, span)) {
        yield event.cells;
        written += 1;
        if (event.comesTwice) repeats.push({ row: event.cells, after: written + REPEAT_DISTANCE });
        const due = repeats[0];
        if (due !== undefined && due.after <= written) {
          repeats.shift();
          yield due.row;
        }
      }
      for (const { row } of repeats) yield row;
    }
  }

  /** The same rows without repetitions. */
  *distinctRows(span: HistorySpan): Generator<string[]> {
    for (let day = span.firstDay; day <= span.lastDay; day += 1) {
      for (const { cells } of this.eventsOf(day, span)) yield cells;
    }
  }

  private *eventsOf(day: DayNumber, span: HistorySpan): Generator<HistoryEvent> {
    const nowMs = this.clock();
    if (day * DAY_MS > nowMs) return;
    const available = span.kind === 'package' ? this.catalog.packages : this.catalog.pixels;
    if (available.length === 0) return;
    const wanted = span.artifacts === undefined ? undefined : new Set(span.artifacts.map(({ id }) => id));
    for (let index = 0; index < this.settings.eventsPerDay; index += 1) {
      const event = this.makeEvent(day, index, { kind: span.kind, available, nowMs });
      if (event === undefined || (wanted !== undefined && !wanted.has(event.artifact.id))) continue;
      if (span.domain !== undefined && event.cells[DOMAIN_COLUMN] !== span.domain) continue;
      yield event;
    }
  }

  private makeEvent(
    day: DayNumber,
    index: number,
    { kind, available, nowMs }: { kind: Artifact['kind']; available: readonly Artifact[]; nowMs: number },
  ): HistoryEvent | undefined {
    const { settings } = this;
    const seeded = new Seeded(settings.seed, day, index, kind === 'package' ? 1 : 2);
    const stepMs = DAY_MS / settings.eventsPerDay;
    const timeMs = day * DAY_MS + Math.floor(index * stepMs + (seeded.next() / 4_294_967_296) * stepMs);
    const sinceDayMs = nowMs - (day + 1) * DAY_MS;
    const isLate = seeded.chance(settings.lateShare);
    if (timeMs > nowMs || (isLate && sinceDayMs < settings.lateDays * DAY_MS)) return undefined;
    const comesTwice = seeded.chance(settings.duplicateShare);
    const hidesCompany =
      seeded.chance(settings.lateCompanyShare) && sinceDayMs < settings.lateCompanyDays * DAY_MS;
    const artifact = seeded.pick(available);
    const isOdd = seeded.chance(settings.oddShare);
    return { cells: makeCells({ seeded, artifact, timeMs, hidesCompany, isOdd }), artifact, comesTwice };
  }
}

interface CellParts {
  seeded: Seeded;
  artifact: Artifact;
  timeMs: number;
  hidesCompany: boolean;
  isOdd: boolean;
}

/** The 24 cells in order. Scrubbed rows, over the quota, name no company (Scarf changelog, 2024-07-21). */
function makeCells({ seeded, artifact, timeMs, hidesCompany, isOdd }: CellParts): string[] {
  const isPackage = artifact.kind === 'package';
  const id = seeded.uuid();
  const place = seeded.pick(words.PLACES);
  const company = seeded.chance(0.4) ? seeded.pick(words.COMPANIES) : undefined;
  const isScrubbed = seeded.chance(0.01);
  const shown = isScrubbed || hidesCompany ? undefined : company;
  const micros = String(seeded.below(1000)).padStart(3, '0');
  return [
    id,
    isPackage ? seeded.pick(words.PACKAGE_EVENT_TYPES) : 'pixel-fetch',
    isPackage ? (artifact.name ?? artifact.id) : '',
    isPackage ? '' : (artifact.name ?? artifact.id),
    isPackage ? seeded.pick(words.VERSIONS) : '',
    `${new Date(timeMs).toISOString().slice(0, -1)}${micros}Z`,
    isPackage ? '' : seeded.pick(words.REFERERS),
    isOdd ? seeded.pick(words.ODD_TEXTS) : seeded.pick(words.USER_AGENTS),
    seeded.pick(words.PLATFORMS),
    isOdd ? 'note="a,b";mood=naïve' : 'channel=stable',
    seeded.hex() + seeded.hex(),
    place.latitude,
    place.longitude,
    place.country,
    place.city,
    place.postal,
    seeded.pick(words.CONNECTIONS),
    shown?.name ?? '',
    shown?.domain ?? '',
    seeded.chance(0.05) ? 'true' : 'false',
    shown === undefined ? '' : `0.${100 + seeded.below(900)}`,
    seeded.hex() + seeded.hex(),
    place.state,
    isScrubbed ? 'true' : 'false',
  ];
}
