/** Prints a failure that ended a command before it printed anything else. */
import { EXIT, type Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { problemSentence, sentenceText } from './sentence.ts';
import { colorsFor } from './terminal/colors.ts';
import { printable } from './terminal/printable.ts';

export interface FailureOptions {
  machine: Pick<Machine, 'stdout' | 'stderr' | 'environment'>;
  /** Also print a JSON document on standard output. */
  asJson: boolean;
  exit: number;
}

/** Prints what went wrong and what to do about it. For a bug it adds the stack, for the bug report. */
export function writeFailure(failure: Failure, { machine, asJson, exit }: FailureOptions): void {
  const colors = colorsFor(machine.stderr, machine.environment);
  machine.stderr.write(sentenceText(problemSentence('error', failure), colors));
  if (failure.kind === 'bug') {
    const lines = [printable(stackOf(failure)), 'This is a bug in scarf-cli: please report it.'];
    machine.stderr.write(`${lines.join('\n')}\n`);
  }
  if (!asJson) return;
  const { kind, message, hint } = failure;
  const error = { kind, message, ...(hint === undefined ? {} : { hint }) };
  machine.stdout.write(`${JSON.stringify({ schema: 1, errors: [error], exit: exit || EXIT.bug })}\n`);
}

function stackOf(failure: Failure): string {
  const origin = failure.cause instanceof Error ? failure.cause : failure;
  return origin.stack ?? '';
}
