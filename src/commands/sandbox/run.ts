/** Starts the sandbox for one command, or until a signal. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { outputPath } from '../../disk/output/output-path.ts';
import { writeOutput } from '../../disk/output/write-output.ts';
import { EXIT, Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import type { Context } from '../../application/context.ts';
import { formatBytes } from '../../report/terminal/numbers.ts';
import { printable } from '../../report/terminal/printable.ts';
import { startSandbox, type RequestRecord, type Sandbox } from '../../sandbox/index.ts';
import type { SandboxSettings } from './options.ts';

/**
 * Serves until the first signal; resolves to 0, because a server ends in no other way. The second signal
 * exits at once.
 */
export async function runSandbox(
  settings: SandboxSettings,
  { machine, interruption }: Pick<Context, 'machine' | 'interruption'>,
): Promise<number> {
  const { signal } = interruption;
  const isWatched = machine.stderr.isTTY === true && !settings.quiet;
  const onRequest = (record: RequestRecord) => void machine.stderr.write(`${requestLine(record)}\n`);
  const sandbox = await start(settings, machine, isWatched ? onRequest : undefined);
  const { url, environment } = sandbox;
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${quote(value)}\n`);
  machine.stdout.write(settings.json ? `${JSON.stringify({ url, environment })}\n` : lines.join(''));
  machine.stderr.write(`sandbox on ${url}; state at ${url}/_sandbox/state; Ctrl-C ends it\n`);
  if (!signal.aborted) await once(signal, 'abort');
  await sandbox.close();
  return EXIT.ok;
}

/**
 * Runs a command with the sandbox's environment. Resolves to its exit code, or 128 plus the signal's number
 * when it was killed.
 */
export async function execInSandbox(
  words: readonly string[],
  settings: SandboxSettings,
  { machine, interruption }: Pick<Context, 'machine' | 'interruption'>,
): Promise<number> {
  const sandbox = await start(settings, machine);
  try {
    const [command, ...args] = ownCommand(words, machine);
    const env = { ...machine.environment, ...sandbox.environment };
    const child = spawn(command, args, { stdio: 'inherit', env, cwd: machine.workingDirectory });
    const stopForwarding = interruption.passSignalsTo((name) => {
      // A terminal sends Ctrl-C to every process of the job; forwarding it would deliver it twice.
      if (name !== 'SIGINT' || !isOnTerminal(machine)) child.kill(name);
    });
    const [code, signal] = (await once(child, 'exit').finally(stopForwarding)) as [
      number | null,
      NodeJS.Signals | null,
    ];
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  } catch (cause) {
    throw new Failure('usage', `cannot run ${words[0] ?? ''}`, { cause });
  } finally {
    await sandbox.close();
  }
}

function isOnTerminal({ stdin, stdout, stderr }: Machine): boolean {
  return [stdin, stdout, stderr].some(({ isTTY }) => isTTY === true);
}

/** `scarf-cli` runs this same program, even where it is not installed. */
function ownCommand(words: readonly string[], machine: Machine): [string, ...string[]] {
  const [command = '', ...args] = words;
  return command === 'scarf-cli' ? [...machine.self, ...args] : [command, ...args];
}

/** `200  POST  /v2/acme/import  3.2 kB  (delay)` */
function requestLine({ status, method, path, bodyBytes, faults }: RequestRecord): string {
  const bytes = bodyBytes > 0 ? `  ${formatBytes(bodyBytes)}` : '';
  const struck = faults.length > 0 ? `  (${faults.join(', ')})` : '';
  return printable(`${status === 0 ? '---' : status}  ${method.padEnd(6)} ${path}${bytes}${struck}`);
}

async function start(
  settings: SandboxSettings,
  machine: Machine,
  onRequest?: (record: RequestRecord) => void,
): Promise<Sandbox> {
  const { port, fault, maxActive, foreignActive, job, loginsightTls, keepEvents } = settings;
  const sandbox = await startSandbox({
    clock: () => machine.now(),
    random: () => machine.random(),
    ...(onRequest && { onRequest }),
    port,
    faults: fault ?? [],
    scarf: { maxActive, foreignActive, jobMs: job, keepEvents },
    sumatra: { keepEvents },
    moesif: { keepEvents },
    loginsight: { keepEvents, tls: loginsightTls !== undefined },
  });
  if (loginsightTls !== undefined && sandbox.tls !== undefined) {
    await writeOutput(outputPath(loginsightTls, machine.workingDirectory), sandbox.tls.certificate, {
      machine,
    });
  }
  return sandbox;
}

function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
