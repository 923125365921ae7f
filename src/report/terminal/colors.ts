/** Colour, per stream: only where a person is likely to see it, and never against their word. */
import { Chalk, type ChalkInstance } from 'chalk';
import type { Output } from '../../machine.ts';

/**
 * `NO_COLOR`, `NODE_DISABLE_COLORS`, `TERM=dumb` and `--no-color` switch colour off; `FORCE_COLOR` and
 * `CLICOLOR_FORCE` switch it on; else it is on where the stream is a terminal.
 */
export function colorsFor(
  stream: Pick<Output, 'isTTY'>,
  environment: Readonly<Record<string, string | undefined>>,
  wanted = true,
): ChalkInstance {
  return new Chalk({ level: hasColor(stream, environment, wanted) ? 1 : 0 });
}

function hasColor(
  stream: Pick<Output, 'isTTY'>,
  environment: Readonly<Record<string, string | undefined>>,
  wanted: boolean,
): boolean {
  const isSet = (name: string) => (environment[name] ?? '') !== '' && environment[name] !== '0';
  if (!wanted || (environment['NO_COLOR'] ?? '') !== '' || isSet('NODE_DISABLE_COLORS')) return false;
  if (isSet('FORCE_COLOR') || isSet('CLICOLOR_FORCE')) return true;
  if (environment['FORCE_COLOR'] === '0' || environment['TERM'] === 'dumb') return false;
  return stream.isTTY === true;
}
