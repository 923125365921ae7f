/**
 * Decides per stream whether to use colour: only where a person is likely to see it, and never against the
 * user's settings.
 */
import { Chalk, type ChalkInstance } from 'chalk';
import type { Output } from '../../machine.ts';

/**
 * `NO_COLOR`, `NODE_DISABLE_COLORS` and `--no-color` disable colour, whatever else is set. Next,
 * `FORCE_COLOR` and `CLICOLOR_FORCE` enable it. Next, `TERM=dumb`, `CLICOLOR=0` and `FORCE_COLOR=0` disable
 * it. Otherwise it is enabled when the stream is a terminal.
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
  const isOff = (name: string) => ['0', 'false'].includes(environment[name] ?? '');
  const isSet = (name: string) => (environment[name] ?? '') !== '' && !isOff(name);
  if (!wanted || (environment['NO_COLOR'] ?? '') !== '' || isSet('NODE_DISABLE_COLORS')) return false;
  if (isSet('FORCE_COLOR') || isSet('CLICOLOR_FORCE')) return true;
  if (isOff('FORCE_COLOR') || isOff('CLICOLOR') || environment['TERM'] === 'dumb') return false;
  return stream.isTTY === true;
}
