/** A directory with the files that the documents speak of, a sandbox, and bash to run their examples. */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { startSandbox } from '../../src/sandbox/index.ts';
import { writeMaterial } from '../demo/material.ts';
import { startFakeS3 } from '../storage/fake-s3.ts';

export interface ExamplePlace {
  /** Runs a block as one script that stops at the first command that does not end as it should. */
  run(block: string): Promise<{ code: number; output: string }>;
  close(): Promise<void>;
}

/** Prepares the place of one document. */
export async function openExamplePlace(): Promise<ExamplePlace> {
  const place = await mkdtemp(join(tmpdir(), 'scarf-cli-'));
  const sandbox = await startSandbox({
    clock: () => Date.now(),
    random: Math.random,
    scarf: { jobMs: 5 },
    loginsight: { keepEvents: true },
  });
  const directory = await prepare(place);
  const bucket = await startFakeS3();
  const packed = await readFile(join(directory, 'more-events.gz'));
  for (const name of ['1', '2']) bucket.put(`logs/events/${name}.ndjson.gz`, packed);
  const environment = {
    ...sandbox.environment,
    PATH: `${join(place, 'bin')}:${process.env['PATH'] ?? ''}`,
    HOME: join(place, 'home'),
    AWS_ENDPOINT_URL: bucket.endpoint,
    AWS_ACCESS_KEY_ID: 'example',
    AWS_SECRET_ACCESS_KEY: 'secret-of-the-examples',
    TMPDIR: place,
  };
  return {
    run: (block) => runScript(scriptOf(block), { cwd: directory, env: environment }),
    async close() {
      await sandbox.close();
      await bucket.close();
      await rm(place, { recursive: true, force: true });
    },
  };
}

/**
 * A block as a script. A command whose last line ends in `# exit N` must end with N, every other one
 * with 0.
 */
export function scriptOf(block: string): string {
  const commands = block.replace(/\\\n\s*/g, '').split('\n');
  return commands
    .map((command) => {
      const [, text, code] = /^(.*\S)\s+# exit (\d+)$/.exec(command) ?? [];
      return text === undefined
        ? command
        : `code=0; ${text} || code=$?; [ $code -eq ${code} ] || { echo "exit $code instead of ${code}"; exit 99; }`;
    })
    .join('\n');
}

async function prepare(place: string): Promise<string> {
  const [work, bin] = [join(place, 'work'), join(place, 'bin')];
  for (const directory of [work, bin, join(place, 'home')]) await mkdir(directory);
  await writeFile(
    join(bin, 'scarf-cli'),
    `#!/bin/sh\nexec ${process.execPath} ${resolve('bin', 'scarf-cli.js')} "$@"\n`,
  );
  await chmod(join(bin, 'scarf-cli'), 0o755);
  await writeMaterial(work, Date.now());
  await cp(join('fixtures', 'rows'), work, { recursive: true, filter: (path) => basename(path) !== 'cases' });
  return work;
}

function runScript(
  script: string,
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<{ code: number; output: string }> {
  return new Promise((resolveRun) => {
    const child = execFile(
      'bash',
      ['--norc', '-euo', 'pipefail', '-c', script],
      options,
      (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
        resolveRun({ code, output: `${stdout}${stderr}` });
      },
    );
    child.stdin?.end();
  });
}
