/** Starts the sandbox for a command, or until somebody ends it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { outputPath } from '../../disk/output/output-path.ts';
import { writeOutput } from '../../disk/output/write-output.ts';
import { Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { startSandbox, type Fault, type Sandbox } from '../../sandbox/index.ts';

/** Serves until a signal; resolves to 0, since ending is what the signal was for. */
export async function runSandbox(settings: SandboxSettings, machine: Machine): Promise<number> {
  const sandbox = await start(settings, machine);
  const { url, environment } = sandbox;
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${quote(value)}\n`);
  machine.stdout.write(settings.json ? `${JSON.stringify({ url, environment })}\n` : lines.join(''));
  machine.stderr.write(`sandbox on ${url}; state at ${url}/_sandbox/state; Ctrl-C ends it\n`);
  await new Promise<void>((resolve) => {
    const stop = machine.onSignal(() => {
      stop();
      resolve();
    });
  });
  await sandbox.close();
  return 0;
}

/** Runs a command with the sandbox's environment and resolves to its exit code, 128 and the signal's number when it was killed. */
export async function execInSandbox(
  words: readonly string[],
  settings: SandboxSettings,
  machine: Machine,
): Promise<number> {
  const sandbox = await start(settings, machine);
  try {
    const [command, ...args] = ownCommand(words, machine);
    const env = { ...machine.environment, ...sandbox.environment };
    const child = spawn(command, args, { stdio: 'inherit', env, cwd: machine.workingDirectory });
    const stopForwarding = machine.onSignal((name) => void child.kill(name));
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

/** `scarf-cli` means this very program, also where it is not installed. */
function ownCommand(words: readonly string[], machine: Machine): [string, ...string[]] {
  const [command = '', ...args] = words;
  return command === 'scarf-cli' ? [...machine.self, ...args] : [command, ...args];
}

async function start(settings: SandboxSettings, machine: Machine): Promise<Sandbox> {
  const { port, fault, maxActive, foreignActive, job, loginsightTls, keepEvents } = settings;
  const sandbox = await startSandbox({
    clock: () => machine.now(),
    random: () => machine.random(),
    port,
    faults: fault ?? [],
    scarf: { maxActive, foreignActive, jobMs: job, keepEvents },
    sumatra: { keepEvents },
    moesif: { keepEvents },
    loginsight: { keepEvents, tls: loginsightTls !== undefined },
  });
  if (loginsightTls !== undefined && sandbox.tls !== undefined) {
    await writeOutput(outputPath(loginsightTls, machine.workingDirectory), sandbox.tls.certificate, machine);
  }
  return sandbox;
}

function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

export interface SandboxSettings {
  port: number;
  fault?: Fault[];
  maxActive: number;
  foreignActive: number;
  job: number;
  loginsightTls?: string;
  keepEvents: boolean;
  json: boolean;
}
