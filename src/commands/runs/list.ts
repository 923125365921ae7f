/** The columns of the list of runs, from their ledgers. */
import type { RunEntry } from '../../delivery/ledger/ledger.ts';
import type { List } from '../../report/list/list.ts';
import { inputsOfRunText, noRunsText } from '../../report/words/runs.ts';
import { countsOf, describeRun, stateOf } from './describe.ts';

export const RUN_LIST: List<RunEntry> = {
  columns: [
    { name: 'run', value: ({ run }) => run, shrinksTo: 18 },
    {
      name: 'state',
      value: (entry) => (entry.kind === 'damaged' ? 'damaged' : stateOf(entry.state)),
    },
    { name: 'exit', value: (entry) => ended(entry)?.exit, drops: 2 },
    { name: 'started', kind: 'time', value: (entry) => startOf(entry)?.startedAt },
    {
      name: 'ended',
      kind: 'time',
      value: (entry) => ended(entry)?.at,
      isExtra: true,
    },
    { name: 'command', value: (entry) => startOf(entry)?.command, drops: 6 },
    {
      name: 'input',
      value: (entry) =>
        entry.kind === 'damaged' ? undefined : inputsOfRunText(pathsOf(entry), entry.state.start.part),
      shrinksTo: 10,
      drops: 1,
    },
    { name: 'read', kind: 'count', value: (entry) => counts(entry)?.read, drops: 5 },
    { name: 'accepted', kind: 'count', value: (entry) => counts(entry)?.accepted, drops: 3 },
    { name: 'rejected', kind: 'count', value: (entry) => counts(entry)?.rejected, drops: 4 },
    { name: 'unknown', kind: 'count', value: (entry) => counts(entry)?.unknown, isExtra: true },
    { name: 'endpoint', value: (entry) => startOf(entry)?.endpoint, isExtra: true },
  ],
  toJson: describeRun,
  empty: noRunsText,
};

type ReadEntry = Extract<RunEntry, { kind: 'read' }>;

function startOf(entry: RunEntry): ReadEntry['state']['start'] | undefined {
  return entry.kind === 'read' ? entry.state.start : undefined;
}

function ended(entry: RunEntry): ReadEntry['state']['ended'] {
  return entry.kind === 'read' ? entry.state.ended : undefined;
}

function counts(entry: RunEntry) {
  return entry.kind === 'read' ? countsOf(entry.state) : undefined;
}

function pathsOf({ state }: ReadEntry): string[] {
  return [...state.inputs.values()].map(({ path }) => path);
}
