// Has V8 write the bytecode of the scripts in `dist`: of what a check and an import call, in processes that have nothing of
// this machine. Without it, and with other versions of Node.js, the program only starts more slowly.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const warmUpFirst = pathToFileURL(join(import.meta.dirname, 'warm-up.js')).href;
const program = join(import.meta.dirname, '..', '..', 'bin', 'scarf-cli.js');
const home = mkdtempSync(join(tmpdir(), 'scarf-cli-build-'));
const rows = Array.from({ length: 100 }, (_, number) => ({
  $time: '2026-11-20T00:00:00Z',
  $package: '970493a1-4ca0-4a4d-a085-fdce578e5a08',
  $unique_id: `970493a1-4ca0-4a4d-a085-${String(number).padStart(12, '0')}`,
}));
const events = join(home, 'events.ndjson');
writeFileSync(events, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
const commands = [
  ['check', events],
  ['import', events, '--retries', '0'],
];
const environment = {
  PATH: process.env.PATH,
  HOME: home,
  SCARF_API_TOKEN: 'token-of-nobody',
  SCARF_OWNER: 'nobody',
  // Nobody listens there: what follows an answer is compiled when it is needed.
  SCARF_API_URL: 'http://127.0.0.1:1',
};
try {
  for (const command of commands) warmUp(command);
} finally {
  rmSync(home, { recursive: true, force: true });
}

/** What one command adds to what those before it have left. */
function warmUp(command) {
  const { stderr } = spawnSync(process.execPath, ['--import', warmUpFirst, program, ...command], {
    cwd: home,
    env: environment,
    encoding: 'utf8',
  });
  if (!stderr.endsWith('bytecode is written\n')) throw new Error(`no bytecode of ${command[0]}: ${stderr}`);
}
