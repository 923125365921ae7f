/** A failure that ended a command before it had anything else to say. */
import { EXIT, type Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { problemSentence, sentenceText } from './sentence.ts';
import { colorsFor } from './terminal/colors.ts';
import { printable } from './terminal/printable.ts';

export interface FailureOptions {
  machine: Pick<Machine, 'stdout' | 'stderr' | 'environment'>;
  /** One JSON document on stdout beside the words on stderr. */
  asJson: boolean;
  exit: number;
}

/** Says what went wrong and what to do about it. A bug shows its stack, for the report it deserves. */
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
