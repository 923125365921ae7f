/**
 * Whole runs for every vendor: each fault once, on the first request with rows. What must become of the rows
 * follows from what the target must say, so that a new vendor needs no table of its own.
 */
import { describe, expect, test } from 'vitest';
import { EXIT, type FailureKind } from '../../src/failure.ts';
import type { Counts } from '../../src/records.ts';
import { sceneWith, type Scene } from './delivery-run.ts';
import { FAULT_CASES, type Expected, type FaultCase, type FaultName } from './faults.ts';
import { loginsightCase } from './loginsight-case.ts';
import { moesifCase } from './moesif-case.ts';
import { scarfCase, scarfPackageCase } from './scarf-case.ts';
import { sumatraBatchCase, sumatraCase } from './sumatra-case.ts';
import type { VendorCase } from './vendor-case.ts';

interface Delivery {
  of: VendorCase;
  vendor: 'scarf' | 'sumatra' | 'moesif' | 'loginsight';
  /** The sandbox's name for the route that takes rows. */
  route: string;
  argv: string[];
  row: (index: number) => unknown;
  rowsPerRequest: number;
  /** With ids, whatever is in doubt is sent again. */
  hasIds: boolean;
}

const count = 6;
const time = '2026-06-30T00:00:00Z';
const packageId = '970493a1-4ca0-4a4d-a085-fdce578e5a08';

const DELIVERIES: readonly Delivery[] = [
  {
    of: scarfCase,
    vendor: 'scarf',
    route: 'import',
    argv: ['import', 'rows.ndjson'],
    row: (n) => ({ $time: time, $package: packageId, n }),
    rowsPerRequest: count,
    hasIds: true,
  },
  {
    of: scarfPackageCase,
    vendor: 'scarf',
    route: 'import',
    argv: ['import', 'rows.ndjson', '--package', packageId, '--fill-id', 'off'],
    row: (n) => ({ $time: time, n }),
    rowsPerRequest: count,
    hasIds: false,
  },
  {
    of: sumatraCase,
    vendor: 'sumatra',
    route: 'event',
    argv: ['ingest', 'sumatra', 'rows.ndjson'],
    row: (n) => ({ _type: 'signup', n }),
    rowsPerRequest: 1,
    hasIds: false,
  },
  {
    of: sumatraBatchCase,
    vendor: 'sumatra',
    route: 'batch',
    argv: ['ingest', 'sumatra', 'rows.ndjson', '--batch'],
    row: (n) => ({ _type: 'signup', n }),
    rowsPerRequest: count,
    hasIds: false,
  },
  {
    of: moesifCase,
    vendor: 'moesif',
    route: 'batch',
    argv: ['ingest', 'moesif', 'rows.ndjson'],
    row: (n) => ({ request: { time, uri: `https://a.example/${n}`, verb: 'GET', ip_address: '1.2.3.4' } }),
    rowsPerRequest: count,
    hasIds: true,
  },
  {
    of: loginsightCase,
    vendor: 'loginsight',
    route: 'ingest',
    argv: ['ingest', 'loginsight', 'rows.ndjson'],
    row: (n) => ({ text: `line ${n}`, timestamp: 1396622879241, level: 'info' }),
    rowsPerRequest: count,
    hasIds: false,
  },
];

interface Ending {
  exit: number;
  counts?: Partial<Counts>;
}

const EACH_FAULT = Object.entries(FAULT_CASES) as [FaultName, FaultCase][];

describe.each(DELIVERIES)('$of.title', (delivery) => {
  test('without a fault', async () => {
    const scene = await sceneWith();
    expectEnding(await deliverRows(scene, delivery), {
      scene,
      delivery,
      ending: { exit: 0, counts: { accepted: count } },
    });
  });

  test.each(EACH_FAULT)('%s', async (name, { fault, expected: usual }) => {
    const { vendor, route } = delivery;
    const scene = await sceneWith({ faults: [{ ...fault, vendor, route, times: 1 }] });
    const ending = endingOf(delivery.of.exceptions[name] ?? usual, delivery);
    expectEnding(await deliverRows(scene, delivery), { scene, delivery, ending });
    expect(scene.sandbox.traffic.countsOf(vendor).faults).toBe(1);
  });
});

async function deliverRows(scene: Scene, { argv, row }: Delivery) {
  const rows = Array.from({ length: count }, (_, index) => JSON.stringify(row(index)));
  await scene.writeRows('rows.ndjson', rows);
  return scene.runJson(argv);
}

/** What an answer to one request makes of all the rows, when nothing else goes wrong. */
function endingOf(expected: Expected, { rowsPerRequest, hasIds }: Delivery): Ending {
  if ('failure' in expected) return { exit: EXIT[expected.failure as FailureKind] };
  const others = count - rowsPerRequest;
  const { kind, taken } = expected.answer;
  if (kind === 'refused')
    return { exit: EXIT.rejected, counts: { rejected: rowsPerRequest, accepted: others } };
  if (kind === 'retry' && taken === 'maybe' && !hasIds) {
    return { exit: EXIT.unknown, counts: { unknown: rowsPerRequest, accepted: others } };
  }
  return { exit: EXIT.ok, counts: { accepted: count } };
}

function expectEnding(
  outcome: Awaited<ReturnType<typeof deliverRows>>,
  { scene, delivery, ending }: { scene: Scene; delivery: Delivery; ending: Ending },
): void {
  expect(outcome).toMatchObject({ exit: ending.exit });
  for (const secret of ['sandbox-token', 'sandbox-key', 'sandbox-application', 'sandbox-password']) {
    expect(outcome.stdout + outcome.stderr).not.toContain(secret);
  }
  if (ending.counts === undefined) return;
  const counts = outcome.report?.counts;
  expect(counts).toMatchObject(ending.counts);
  const {
    read = 0,
    accepted = 0,
    rejected = 0,
    skipped = 0,
    pending = 0,
    unknown = 0,
    unsent = 0,
  } = counts ?? {};
  expect(read).toBe(count);
  expect(accepted + rejected + skipped + pending + unknown + unsent).toBe(read);
  const { stored } = scene.sandbox.vendors[delivery.vendor].counts();
  expect(stored).toBeGreaterThanOrEqual(accepted);
  expect(stored).toBeLessThanOrEqual(accepted + unknown);
}
