/**
 * What ends a command before its time: the first signal, or the deadline that the user set. There is one for the whole
 * process, and every verb that waits listens to it, so that signals and deadlines mean the same everywhere.
 */
import { unlessAborted } from './concurrency.ts';
import { EXIT, Failure } from './failure.ts';
import type { Machine, SignalName } from './machine.ts';

/** Why a command ends before its time. */
export type Interrupt = { why: 'signal'; signal: SignalName } | { why: 'deadline' };

/** What a process that a signal ended exits with. */
export const SIGNAL_EXITS = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGTERM: 'terminate',
} as const satisfies Record<SignalName, keyof typeof EXIT>;

/** A command has two seconds for its orderly end. So soon whatever still hangs is left behind. @internal */
export const overdueMs = 1_600;
/** From then on files that a command still writes for its last word are given up. */
const lastFilesMs = 100;
/** So long a last word may take in all. */
const lastWordMs = 250;

export class Interruption {
  readonly #machine: Machine;
  readonly #controller = new AbortController();
  readonly #closed = new AbortController();
  readonly #overdue: Promise<number>;
  readonly #outOfTime = new AbortController();
  #sayLastWord: ((why: Failure) => Promise<number>) | undefined;
  #cause: Interrupt | undefined;
  #isListening = false;
  #stopListening: () => void = () => undefined;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#overdue = new Promise((resolve, reject) => {
      this.signal.addEventListener('abort', () => {
        machine.sleep(overdueMs, this.#closed.signal).then(
          () => this.#leaveBehind().then(resolve, reject),
          () => undefined,
        );
      });
    });
    this.#overdue.catch(() => undefined);
  }

  /** Aborted at the first signal or at the deadline, with a Failure that says which. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get cause(): Interrupt | undefined {
    return this.#cause;
  }

  /**
   * Settles if the command still runs some time after it was interrupted: resolves to the exit code once the final
   * report is printed, or rejects with the Failure if there is no report. Otherwise stays pending.
   */
  get overdue(): Promise<number> {
    return this.#overdue;
  }

  /** Aborted when a command that is overdue has no time left for files. */
  get outOfTime(): AbortSignal {
    return this.#outOfTime.signal;
  }

  /**
   * What the command says when it is overdue, in place of all that it would say later. Called once at most, with the
   * Failure; resolves to the exit code.
   */
  setLastWord(say: (why: Failure) => Promise<number>): void {
    this.#sayLastWord = say;
  }

  /** Takes signals from now on: the first interrupts the command, the second ends the process at once. */
  listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    let wasAsked = false;
    this.#stopListening = this.#machine.onSignal((name) => {
      if (wasAsked) this.#machine.exitNow(EXIT[SIGNAL_EXITS[name]]);
      wasAsked = true;
      this.#interrupt({ why: 'signal', signal: name });
    });
  }

  /**
   * Hands every signal to `take` and leaves the command alone, until the function that is returned is called: for a
   * command that runs another one, which decides what signals mean.
   */
  passSignalsTo(take: (name: SignalName) => void): () => void {
    return this.#machine.onSignal(take);
  }

  /** Interrupts the command, as a first SIGINT does, when `signal` is aborted. */
  follow(signal: AbortSignal): void {
    const interrupt = () => this.#interrupt({ why: 'signal', signal: 'SIGINT' });
    if (signal.aborted) interrupt();
    else signal.addEventListener('abort', interrupt, { once: true, signal: this.#closed.signal });
  }

  /** Interrupts the command in so many milliseconds. */
  endAfter(deadlineMs: number): void {
    this.#machine.sleep(deadlineMs, this.#closed.signal).then(
      () => this.#interrupt({ why: 'deadline' }),
      () => undefined,
    );
  }

  /** The result of some work, as long as the command is not interrupted: then the work is left alone, and this rejects. */
  unlessInterrupted<Result>(work: Promise<Result>): Promise<Result> {
    return unlessAborted(work, this.signal);
  }

  /** The command has ended: no more signals are taken, and the deadline is off. */
  close(): void {
    this.#stopListening();
    this.#closed.abort();
  }

  async #leaveBehind(): Promise<number> {
    const why = this.signal.reason as Failure;
    const say = this.#sayLastWord;
    if (say === undefined) throw why;
    const after = (ms: number) => this.#machine.sleep(ms, this.#closed.signal);
    after(lastFilesMs).then(
      () => this.#outOfTime.abort(why),
      () => undefined,
    );
    return Promise.race([say(why), after(lastWordMs).then(() => EXIT[why.kind])]);
  }

  #interrupt(cause: Interrupt): void {
    if (this.#cause !== undefined) return;
    this.#cause = cause;
    this.#controller.abort(failureOf(cause));
  }
}

/** The Failure that a command ends with, unless it has more to say. */
function failureOf(cause: Interrupt): Failure {
  if (cause.why === 'signal') {
    return new Failure(SIGNAL_EXITS[cause.signal], `stopped by ${cause.signal}`, { hint: runAgain });
  }
  return new Failure('unavailable', 'stopped at the deadline', { hint: runAgain });
}

const runAgain = 'run the same command again to resume';
