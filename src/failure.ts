/**
 * Why a run could not do its work. The kinds are a closed list; each has one exit code.
 *
 * `bug`: our own mistake. `usage`: the command line, or an owner, artifact or import that does not
 * exist. `credentials`: the vendor refuses who we are or what the plan allows. `unavailable`: the
 * vendor cannot be reached or does not get on; running again resumes. `local`: a file, a disk or a
 * database. `locked`: another run is using the same input or destination. `rejected`: rows came that
 * cannot be taken as they are. `hangup`, `interrupt`, `terminate`: a signal ended the command.
 */
export type FailureKind =
  | 'bug'
  | 'usage'
  | 'credentials'
  | 'unavailable'
  | 'local'
  | 'locked'
  | 'rejected'
  | 'hangup'
  | 'interrupt'
  | 'terminate';

/** Exit codes are an interface: scripts branch on them. `scarf-cli help exit-codes` prints this table. */
export const EXIT = {
  ok: 0,
  bug: 1,
  usage: 2,
  rejected: 3,
  credentials: 4,
  unavailable: 5,
  local: 6,
  aborted: 7,
  unknown: 8,
  locked: 9,
  hangup: 129,
  interrupt: 130,
  terminate: 143,
} as const;

export type ExitName = keyof typeof EXIT;

/** What a script may conclude from each code. When several hold, the first in this order wins. */
export const EXIT_MEANINGS: readonly { name: ExitName; meaning: string }[] = [
  { name: 'hangup', meaning: 'ended by SIGHUP' },
  { name: 'interrupt', meaning: 'ended by SIGINT (Ctrl-C)' },
  { name: 'terminate', meaning: 'ended by SIGTERM' },
  { name: 'bug', meaning: 'a bug in scarf-cli' },
  { name: 'usage', meaning: 'the command line is wrong, or an owner, artifact or import does not exist' },
  { name: 'locked', meaning: 'another run is using this input or destination' },
  { name: 'credentials', meaning: 'credentials or plan refused' },
  { name: 'local', meaning: 'a local file, disk or database failed' },
  { name: 'unavailable', meaning: 'vendor unavailable or deadline reached; run it again, it resumes' },
  { name: 'aborted', meaning: 'a remote job was aborted' },
  { name: 'unknown', meaning: 'some rows may or may not have arrived' },
  { name: 'rejected', meaning: 'some rows were rejected or failed' },
  { name: 'ok', meaning: 'everything is accounted for and accepted' },
];

/** The exit of a process to which several outcomes apply. */
export function worstExit(names: Iterable<ExitName>): ExitName {
  const held = new Set(names);
  return EXIT_MEANINGS.find(({ name }) => held.has(name))?.name ?? 'ok';
}

/** Something that could not be done, with a hint on how to fix it. Expected answers are unions, never a Failure. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly kind: FailureKind;
  readonly hint: string | undefined;

  constructor(kind: FailureKind, message: string, details: { hint?: string; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.hint = details.hint;
  }
}

/** Turns anything thrown into a Failure. Errors that are not ours are bugs, except system errors about files. */
export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const kind: FailureKind = isSystemError(thrown) ? 'local' : 'bug';
  return new Failure(kind, message, { cause: thrown });
}

function isSystemError(thrown: unknown): boolean {
  return thrown instanceof Error && 'syscall' in thrown && 'code' in thrown;
}
