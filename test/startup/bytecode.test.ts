/** The scripts that the build makes of what an import loads, and the bytecode beside them. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../child.ts';
import { eventRows, lines } from '../machine.ts';

const project = join(import.meta.dirname, '../..');

/** Prints of each script that is loaded whether V8 refused its bytecode; undefined where there is none. */
const tellScripts = `
import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
subscribe('scarf-cli:script-loaded', ({ script, bytecode }) =>
  writeSync(1, 'script ' + JSON.stringify([/(\\w+)\\.\\w+\\.[^/]*$/.exec(bytecode)[1], String(script.cachedDataRejected)]) + '\\n'));`;

async function scriptsOf(program: string, argv: readonly string[]) {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'events.ndjson'), lines(eventRows(3)));
  const options = ['--import', `data:text/javascript,${encodeURIComponent(tellScripts)}`];
  const account = ['SCARF_API_URL=http://127.0.0.1:1', 'SCARF_API_TOKEN=a-token', 'SCARF_OWNER=an-owner'];
  const environment = [`PATH=${process.env.PATH}`, `HOME=${directory}`, ...account];
  const command = [process.execPath, ...options, join(program, 'bin/scarf-cli.js'), ...argv];
  const ended = await run(['env', '-i', ...environment, ...command], directory);
  const told = ended.lines.flatMap((line) =>
    line.startsWith('script ') ? [line.slice('script '.length)] : [],
  );
  return {
    code: ended.code,
    scripts: Object.fromEntries(told.map((one) => JSON.parse(one) as [string, string])),
  };
}

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'scarf-cli-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test('V8 takes the bytecode of the build, in a check and in an import', async () => {
  expect(await scriptsOf(project, ['check', 'events.ndjson', '--quiet'])).toEqual({
    code: 0,
    scripts: { warm: 'false' },
  });
  expect(await scriptsOf(project, ['import', 'events.ndjson', '--quiet', '--retries', '0'])).toEqual({
    code: 5,
    scripts: { warm: 'false', undici: 'false' },
  });
});

test('a program without bytecode does the same', async () => {
  const copy = await temporaryDirectory();
  const isBytecode = (path: string): boolean => path.endsWith('.bytecode');
  for (const part of ['bin', 'dist', 'package.json']) {
    await cp(join(project, part), join(copy, part), { recursive: true, filter: (path) => !isBytecode(path) });
  }
  expect(await scriptsOf(copy, ['check', 'events.ndjson', '--quiet'])).toEqual({
    code: 0,
    scripts: { warm: 'undefined' },
  });
});
