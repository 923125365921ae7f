/**
 * A run whose ledger cannot be fully read. Its outcomes are lost but its recipe and inputs may be readable: the
 * ledger is set aside, and only deliveries of inputs that it may have delivered are refused until the user decides.
 */
import { rename } from 'node:fs/promises';
import { localFailure } from '../../disk/errno.ts';
import { Failure } from '../../failure.ts';
import { hasHead } from '../resume/input-identity.ts';
import type { LedgerText } from './ledger-text.ts';
import type { LedgerRecord } from './records.ts';

/** Suffix of a ledger that is set aside; `.forgotten` once the user gives it up. Neither is ever deleted. */
export const damagedSuffix = '.damaged';
const forgottenEnding = '.forgotten';

export interface DamagedRun {
  kind: 'damaged';
  run: string;
  directory: string;
  /** Path of the ledger. */
  path: string;
  isAside: boolean;
  /** Undefined when the `run` record cannot be read. */
  recipe: string | undefined;
  /** Inputs whose records can be read. */
  inputs: readonly Extract<LedgerRecord, { type: 'input' }>[];
  /** Unreadable lines may name more inputs. */
  hidesInputs: boolean;
  problem: Failure;
}

/** What is needed of an input to decide whether a damaged ledger may cover it. */
export interface SuspectedInput {
  input: { path: string };
  /** Undefined for a stream, which never recurs. */
  absolutePath: string | undefined;
  head: Uint8Array;
}

export function damagedRun(
  found: Pick<DamagedRun, 'run' | 'directory' | 'path' | 'isAside'>,
  text: LedgerText,
): DamagedRun {
  const { records } = text;
  const isDamaged = text.kind === 'damaged';
  const [start] = records.filter((record) => record.type === 'run');
  const { run, path } = found;
  const where =
    records.length === 0 ? 'cannot be read at all' : `is damaged at line ${isDamaged ? text.line : 1}`;
  return {
    kind: 'damaged',
    ...found,
    recipe: start?.recipe,
    inputs: records.filter((record) => record.type === 'input'),
    hidesInputs: isDamaged ? text.hidesInputs : true,
    problem: new Failure('local', `the ledger of run ${run} ${where}`, {
      hint: `look at ${path}; ${wayOut(run)}`,
    }),
  };
}

function wayOut(run: string): string {
  return `"scarf-cli runs forget ${run}" gives up what it knows: rows without ids that it delivered are sent again then`;
}

/** Renames the ledger. False when it was already set aside or cannot be renamed, such as on a read-only disk. */
export async function setAside(damaged: DamagedRun): Promise<boolean> {
  if (damaged.isAside) return false;
  return rename(damaged.path, damaged.path + damagedSuffix).then(
    () => true,
    () => false,
  );
}

/** Renames the ledger so that it no longer blocks deliveries. Throws a Failure `local`. */
export async function forgetDamaged({ path, isAside }: DamagedRun): Promise<void> {
  const stem = isAside ? path.slice(0, -damagedSuffix.length) : path;
  await rename(path, stem + forgottenEnding).catch((error: unknown) => {
    throw localFailure(`rename ${path}`, error);
  });
}

/** Throws a Failure `local` when a damaged ledger of this recipe may cover one of the inputs. */
export function refuseDamaged(
  damaged: readonly DamagedRun[],
  given: readonly SuspectedInput[],
  recipe: string,
): void {
  for (const one of damaged) {
    const path = followsRecipe(one, recipe) ? heldPath(one, given) : undefined;
    if (path === undefined) continue;
    const { message, hint } = one.problem;
    throw new Failure('local', `${message}, and may hold what was delivered of ${path}`, {
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** Falls back to the run name, which contains the start of the recipe digest. */
function followsRecipe({ recipe, run }: DamagedRun, wanted: string): boolean {
  if (recipe !== undefined) return recipe === wanted;
  const short = /^\d{8}T\d{9}-([0-9a-f]+)-/.exec(run)?.[1];
  return short === undefined || wanted.startsWith(short);
}

function heldPath({ inputs, hidesInputs }: DamagedRun, given: readonly SuspectedInput[]): string | undefined {
  const files = given.filter(({ absolutePath }) => absolutePath !== undefined);
  const held = files.find(({ absolutePath, head }) =>
    inputs.some((one) => one.path === absolutePath || (one.headBytes > 0 && hasHead(head, one))),
  );
  return (held ?? (hidesInputs ? files[0] : undefined))?.input.path;
}
