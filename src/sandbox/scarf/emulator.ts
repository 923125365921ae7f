import type { Emulator, EmulatorContext, VendorState } from '../emulator.ts';
import { openEventStore } from '../events/open-store.ts';
import type { EventStore } from '../events/store.ts';
import { createAccessCheck } from './access.ts';
import { ArtifactCatalog } from './artifacts.ts';
import { aggregateRouteV2 } from './exports/aggregate-v2.ts';
import { aggregateRouteV3 } from './exports/aggregate-v3.ts';
import { companyRoutes } from './exports/company-routes.ts';
import { eventRoutes } from './exports/event-routes.ts';
import { parseDay } from './exports/calendar.ts';
import { EventHistory } from './exports/history.ts';
import { resolveExportOptions } from './exports/options.ts';
import { importRoutes } from './import-routes.ts';
import { ImportRegistry } from './imports.ts';
import type { ImportJob } from './job.ts';
import { listRoutes } from './list-routes.ts';
import { ScheduleRegistry, type Schedule } from './schedules.ts';
import { resolveScarfOptions, type Artifact, type JobOutcome, type ScarfOptions } from './options.ts';

/** The emulated Scarf account, for tests in the same process. */
export interface ScarfState extends VendorState {
  /** All imports in order of creation, including foreign and vanished ones. */
  imports(): ImportJob[];
  startForeignImports(count: number): void;
  finishForeignImports(count?: number): void;
  planOutcomes(outcomes: JobOutcome[]): void;
  /**
   * The rows that a raw export of these days, both inclusive, contains now: each event once, in the export's
   * columns.
   */
  exportedRows(kind: Artifact['kind'], firstDate: string, lastDate: string): Iterable<string[]>;
  schedules(): Schedule[];
}

export function createScarf(options: ScarfOptions, context: EmulatorContext): Emulator<ScarfState> {
  const settings = resolveScarfOptions(options);
  const store = openEventStore(settings);
  const imports = new ImportRegistry(settings, context);
  const artifacts = new ArtifactCatalog(settings.artifacts);
  const checkAccess = createAccessCheck(settings);
  const exportSettings = resolveExportOptions(settings.exports);
  const history = new EventHistory(exportSettings, artifacts, context.clock);
  const exportParts = {
    settings: exportSettings,
    history,
    catalog: artifacts,
    checkAccess,
    clock: context.clock,
  };
  const schedules = new ScheduleRegistry(checkAccess, context, settings.pageSize);
  const firstOwner = settings.owners[0] ?? '';
  imports.startForeign(firstOwner, settings.foreignActive);
  return {
    routes: [
      ...importRoutes({ settings, imports, artifacts, store, checkAccess, clock: context.clock }),
      ...listRoutes({ settings, artifacts, checkAccess }),
      ...eventRoutes(exportParts),
      ...companyRoutes(exportParts),
      aggregateRouteV2(exportParts),
      aggregateRouteV3(exportParts, settings),
      ...schedules.routes(),
    ],
    state: stateOf({ imports, history, schedules, store }, firstOwner),
    environment: (origin) => ({
      SCARF_API_URL: origin,
      SCARF_API_TOKEN: settings.token,
      SCARF_OWNER: firstOwner,
    }),
  };
}

interface StateParts {
  imports: ImportRegistry;
  history: EventHistory;
  schedules: ScheduleRegistry;
  store: EventStore;
}

function stateOf({ imports, history, schedules, store }: StateParts, firstOwner: string): ScarfState {
  return {
    imports: () => imports.all(),
    startForeignImports: (count) => imports.startForeign(firstOwner, count),
    finishForeignImports: (count) => imports.finishForeign(count),
    planOutcomes: (outcomes) => imports.planOutcomes(outcomes),
    exportedRows: (kind, firstDate, lastDate) =>
      history.distinctRows({ kind, firstDay: parseDay(firstDate), lastDay: parseDay(lastDate) }),
    schedules: () => schedules.all(),
    events: () => {
      imports.settleDue();
      return store.events();
    },
    counts: () => {
      imports.settleDue();
      return {
        ...store.counts,
        imports: imports.all().length,
        activeImports: imports.countActive(firstOwner),
        maxActiveImports: imports.maxActiveSeen,
        refusedForActive: imports.refusedForActive,
      };
    },
  };
}
