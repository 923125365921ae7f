/** How a command that talks to somebody is debugged. */
import { LOG_PREFIX } from '../../report/trace/lines.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { ValuesOf } from '../../settings/values.ts';

/** Of this process alone: a run that is resumed is debugged as its own command line says. */
const transient = { transient: true } as const;

export const DEBUG_OPTIONS = [
  {
    name: 'verbose',
    group: 'debugging',
    flags: '-v, --verbose',
    environment: ['SCARF_CLI_VERBOSE'],
    description: 'print each request on standard error; -vv prints headers too',
    repeatable: true,
    parse: parseLevel,
    default: 0,
    ...transient,
  },
  {
    name: 'debug',
    group: 'debugging',
    flags: '--debug',
    environment: ['SCARF_CLI_DEBUG'],
    description: 'print requests, headers, statements of PostgreSQL and steps of the run on standard error',
    kind: 'flag',
    default: false,
    ...transient,
  },
  {
    name: 'debugBodies',
    group: 'debugging',
    flags: '--debug-bodies',
    environment: ['SCARF_CLI_DEBUG_BODIES'],
    description: 'include bodies, which hold your rows',
    kind: 'flag',
    default: false,
    needs: ['verbose', 'debug', 'logFile'],
    ...transient,
  },
  {
    name: 'logFile',
    group: 'debugging',
    flags: '--log-file <file>',
    environment: ['SCARF_CLI_LOG_FILE'],
    description: 'write all of this run that --debug prints to a file; it replaces the log of an earlier run',
    path: {
      role: 'output',
      replaces: {
        name: 'a log of scarf-cli',
        beginning: LOG_PREFIX,
        hint: 'give the log another name, or remove that file',
        always: true,
      },
    },
    ...transient,
  },
  {
    name: 'logFormat',
    group: 'debugging',
    flags: '--log-format <format>',
    environment: ['SCARF_CLI_LOG_FORMAT'],
    description:
      'format of the log file (default: ndjson when its name ends in .ndjson, .jsonl or .json, else text)',
    choices: ['text', 'ndjson'],
    needs: ['logFile'],
    ...transient,
  },
] as const satisfies readonly OptionSpec[];

export type DebugSettings = ValuesOf<typeof DEBUG_OPTIONS>;

function parseLevel(text: string): number {
  if (!/^[0-3]$/.test(text.trim())) throw new Error(`"${text}" is not a level from 0 to 3`);
  return Number(text);
}
