/** `scarf-cli sandbox`: emulated vendors on loopback, to test pipelines against. */
import type { Command } from 'commander';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { parseFaults, type Fault } from '../../sandbox/index.ts';
import type { ActionContext } from '../verb.ts';
import { declareOptions, readSettings } from '../settings.ts';
import type { SandboxSettings } from './run.ts';

const SPECS: readonly OptionSpec[] = [
  {
    name: 'port',
    flags: '--port <port>',
    description: 'port on 127.0.0.1; 0 picks a free one',
    kind: 'count',
    default: 0,
  },
  {
    name: 'fault',
    flags: '--fault <json>',
    description: `inject a fault: '{"route":"import","kind":"status","status":503,"times":2}'`,
    repeatable: true,
    parse: parseFault,
  },
  {
    name: 'maxActive',
    flags: '--max-active <n>',
    description: 'active imports allowed per account',
    kind: 'count',
    default: 15,
  },
  {
    name: 'foreignActive',
    flags: '--foreign-active <n>',
    description: 'active imports of somebody else',
    kind: 'count',
    default: 0,
  },
  {
    name: 'job',
    flags: '--job <duration>',
    description: 'how long an import takes',
    kind: 'duration',
    default: 50,
  },
  {
    name: 'loginsightTls',
    flags: '--loginsight-tls <file>',
    path: {
      role: 'output',
      replaces: {
        name: 'a certificate',
        beginning: /^-----BEGIN CERTIFICATE-----/,
        hint: 'remove it, or give the certificate another name',
      },
    },
    description: 'serve Log Insight over TLS and write its self-signed certificate to this file',
  },
  {
    name: 'keepEvents',
    flags: '--keep-events',
    description: 'keep what arrives, for GET /_sandbox/events (in memory)',
    kind: 'flag',
    default: false,
  },
  {
    name: 'json',
    flags: '--json',
    description: 'print the environment as one JSON document',
    kind: 'flag',
    default: false,
  },
];

export function declareSandbox(program: Command, { machine, interruption, settle }: ActionContext): void {
  const sandbox = program
    .command('sandbox')
    .enablePositionalOptions()
    .summary('run emulated vendors on this machine to test against')
    .description(
      'Start emulated vendors on 127.0.0.1 and print the environment that points clients at them. Ends on Ctrl-C.',
    )
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      const { values } = await readSettings(sandbox, SPECS, { machine, interruption, stdinIsInput: false });
      const { runSandbox } = await import('./run.ts');
      settle(await runSandbox(values as unknown as SandboxSettings, { machine, interruption }));
    });
  declareOptions(sandbox, SPECS);
  const exec = sandbox
    .command('exec')
    .description('Run a command against a sandbox of its own and exit with its code.')
    .argument('<command...>', 'behind --: the command and its arguments')
    .passThroughOptions()
    .action(async (words: string[]) => {
      const { values } = await readSettings(exec, SPECS, { machine, stdinIsInput: false });
      const { execInSandbox } = await import('./run.ts');
      settle(await execInSandbox(words, values as unknown as SandboxSettings, { machine, interruption }));
    });
  declareOptions(exec, SPECS);
}

function parseFault(text: string, previous: unknown): Fault[] {
  const faults = parseFaults([JSON.parse(text)]);
  return [...(Array.isArray(previous) ? (previous as Fault[]) : []), ...faults];
}

const EXAMPLES = `
Examples:
  $ scarf-cli sandbox exec -- scarf-cli import events.ndjson
  $ scarf-cli sandbox --port 8377
  $ curl -s http://127.0.0.1:8377/_sandbox/state`;
