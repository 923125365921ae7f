/** Where the inputs of a run are now: at their old paths, or at those that the user gives in their place. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isAddress } from '../../../../contracts/storage.ts';
import type { Span } from '../../../../records.ts';
import type { FoundRun } from '../../../../delivery/ledger/ledger.ts';
import {
  isFinished,
  isInputFinished,
  type RunInput,
  type RunState,
} from '../../../../delivery/ledger/run-state.ts';
import { Failure } from '../../../../failure.ts';

export interface LocatedInputs {
  paths: string[];
  /** By path: the bytes of it that the run has, where these are not all. */
  spans: Map<string, Span>;
}

/**
 * Locates the inputs that a run still needs. `moved` takes the place of those that are missing, or of all where none
 * is. Throws a Failure `usage` where an input is missing, where all was standard input and is delivered, and where a
 * part of a run cannot tell which is which.
 */
export async function locateInputs(
  { run, state }: Pick<FoundRun, 'run' | 'state'>,
  { moved, workingDirectory }: { moved: readonly string[]; workingDirectory: string },
): Promise<LocatedInputs> {
  const wanted = wantedInputs(state);
  if (isFinished(state) && wanted.length === 0) throw isRead(run);
  const missing: RunInput[] = [];
  for (const input of wanted) if (!(await isThere(input.path))) missing.push(input);
  if (moved.length === 0) {
    if (missing[0] !== undefined) throw isMissing(missing[0], run, state);
    return locatedAt(wanted.map((input) => ({ input, path: input.path })));
  }
  const replaced = missing.length === 0 ? wanted : missing;
  if (state.start.part !== undefined && moved.length !== replaced.length) throw unclear(run, replaced);
  const kept = wanted.filter((input) => !replaced.includes(input));
  return locatedAt([
    ...kept.map((input) => ({ input, path: input.path })),
    ...moved.map((name, index) => ({ input: replaced[index], path: resolve(workingDirectory, name) })),
  ]);
}

/**
 * An input that was delivered completely may be missing. For a finished run all inputs are named, to report its
 * outcome.
 */
function wantedInputs(state: RunState): RunInput[] {
  const files = [...state.inputs].filter(([, { kind }]) => kind !== 'stream');
  const wanted = files.filter(([number]) => isFinished(state) || !isInputFinished(state, number));
  return wanted.map(([, input]) => input);
}

/** Objects are looked for when they are read. */
async function isThere(path: string): Promise<boolean> {
  if (isAddress(path)) return true;
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
}

function locatedAt(located: readonly { input: RunInput | undefined; path: string }[]): LocatedInputs {
  const spans = new Map<string, Span>();
  for (const { input, path } of located) if (input?.span !== undefined) spans.set(path, input.span);
  return { paths: located.map(({ path }) => path), spans };
}

function isRead(run: string): Failure {
  return new Failure('usage', `run ${run} is finished: nothing is left to deliver of standard input`, {
    hint: `scarf-cli runs show ${run} says what became of it`,
  });
}

function isMissing({ path }: RunInput, run: string, state: RunState): Failure {
  const go = `scarf-cli runs resume ${run} --input FILE`;
  const hint = isFinished(state)
    ? `nothing is left to deliver (scarf-cli runs show ${run}); if it was renamed or moved, say where it is: ${go}`
    : `if it was renamed or moved, say where it is: ${go}; to give its rows up: scarf-cli runs forget ${run}`;
  return new Failure('usage', `no such file: ${path}, an input of run ${run}`, { hint });
}

function unclear(run: string, replaced: readonly RunInput[]): Failure {
  const names = replaced.map(({ path }) => path).join(', ');
  return new Failure(
    'usage',
    `run ${run} has parts of its inputs: --input must be given for each of ${names}`,
    {
      hint: 'in this order',
    },
  );
}
