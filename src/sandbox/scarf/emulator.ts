import type { Emulator, VendorState, World } from '../emulator.ts';
import { openEventStore } from '../events/open-store.ts';
import { createAccessCheck } from './access.ts';
import { ArtifactCatalog } from './artifacts.ts';
import { importRoutes } from './import-routes.ts';
import { ImportRegistry } from './imports.ts';
import type { ImportJob } from './job.ts';
import { listRoutes } from './list-routes.ts';
import { resolveScarfOptions, type JobOutcome, type ScarfOptions } from './options.ts';

/** The emulated Scarf account, for tests in the same process. */
export interface ScarfState extends VendorState {
  /** All imports in order of creation, those of others and the vanished ones included. */
  imports(): ImportJob[];
  startForeignImports(count: number): void;
  finishForeignImports(count?: number): void;
  planOutcomes(outcomes: JobOutcome[]): void;
}

export function createScarf(options: ScarfOptions, world: World): Emulator<ScarfState> {
  const settings = resolveScarfOptions(options);
  const store = openEventStore(settings);
  const imports = new ImportRegistry(settings, world);
  const artifacts = new ArtifactCatalog(settings.artifacts);
  const checkAccess = createAccessCheck(settings);
  const firstOwner = settings.owners[0] ?? '';
  imports.startForeign(firstOwner, settings.foreignActive);
  return {
    routes: [
      ...importRoutes({ settings, imports, artifacts, store, checkAccess, clock: world.clock }),
      ...listRoutes({ settings, artifacts, checkAccess }),
    ],
    state: {
      imports: () => imports.all(),
      startForeignImports: (count) => imports.startForeign(firstOwner, count),
      finishForeignImports: (count) => imports.finishForeign(count),
      planOutcomes: (outcomes) => imports.planOutcomes(outcomes),
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
    },
    environment: (origin) => ({
      SCARF_API_URL: origin,
      SCARF_API_TOKEN: settings.token,
      SCARF_OWNER: firstOwner,
    }),
  };
}
