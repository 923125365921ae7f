/** Facts of a run that has a bit of everything. */
import type { RunFacts } from '../../../src/page/run/facts.ts';

const startMs = Date.parse('2026-11-26T10:00:00Z');
const none = { read: 0, accepted: 0, rejected: 0, skipped: 0, pending: 0, unknown: 0, unsent: 0 };

export function factsWith(more: Partial<RunFacts> = {}): RunFacts {
  return {
    command: 'import',
    vendor: 'Scarf',
    endpoint: 'https://api.scarf.invalid',
    run: '20261126T100000000-abc-def',
    commandLine: 'scarf-cli import events.ndjson',
    startedAt: '2026-11-26T10:00:00.000Z',
    endedAt: '2026-11-26T10:00:20.000Z',
    exit: { code: 3, meaning: 'some rows were rejected or failed' },
    counts: { ...none, read: 1_003, accepted: 1_000, rejected: 3 },
    inputs: [{ path: 'events.ndjson', bytes: 5_000, rows: 1_003 }],
    history: {
      stretches: [
        { fromMs: startMs, samples: [{ atMs: startMs + 10_000, rows: 500, bytes: 2_000 }] },
        {
          fromMs: startMs + 3_600_000,
          samples: [
            { atMs: startMs + 3_601_000, rows: 3, bytes: 10 },
            { atMs: startMs + 3_610_000, rows: 500, bytes: 2_000 },
          ],
        },
      ],
      days: { '2026-11-24': 400, '2026-11-26': 590, none: 10 },
      undatedRows: 0,
    },
    jobs: [
      {
        ...{ id: 'job-1', status: 'done', rows: 1_000, events_successfully_imported: 1_000 },
        ...{ takenAt: '2026-11-26T10:00:01.000Z', settledAt: '2026-11-26T10:00:03.500Z' },
      },
      { id: 'job-2', status: 'aborted', rows: 3 },
    ],
    rejects: {
      paths: ['rejects.ndjson'],
      reasons: [
        {
          ...{ reason: 'not-json', source: 'local', message: 'no JSON', rows: 2 },
          first: [{ file: 'events.ndjson', line: 7, column: 2, message: 'no JSON', text: '{bad' }],
        },
      ],
    },
    changes: { 'id-filled': 12 },
    warnings: { 'old-event': 4 },
    notices: [{ code: 'caution', message: 'mind the gap', hint: 'look down' }],
    errors: [],
    ...more,
  };
}

/** Facts whose every text is `text`. */
export function factsOf(text: string): RunFacts {
  const place = { file: text, line: 1, message: text, text };
  const reason = { reason: text, source: 'server', message: text, rows: 1, first: [place] } as const;
  return {
    ...factsWith(),
    ...{ command: text, vendor: text, endpoint: text, run: text, commandLine: text, goOn: text },
    exit: { code: 5, meaning: text },
    inputs: [{ path: text, bytes: 1, rows: 1 }],
    jobs: [{ id: text, status: text, rows: 1, takenAt: text, settledAt: text }],
    rejects: { paths: [text], reasons: [reason] },
    changes: { [text]: 1 },
    warnings: { [text]: 1 },
    timeZone: text,
    notices: [{ code: text, message: text, hint: text }],
    errors: [{ kind: text, message: text, hint: text }],
  };
}
