// Has V8 write the bytecode of the scripts in `dist`: of what a check and an import call, in processes that have nothing of
// this machine. Without it, and with other versions of Node.js, the program only starts more slowly.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
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
const server = await startVendor();
const environment = {
  PATH: process.env.PATH,
  HOME: home,
  SCARF_API_TOKEN: 'token-of-nobody',
  SCARF_OWNER: 'nobody',
  SCARF_API_URL: `http://127.0.0.1:${server.address().port}`,
};
try {
  for (const command of commands) await warmUp(command);
} finally {
  server.close();
  rmSync(home, { recursive: true, force: true });
}

/** Takes every import, and has it done at once: what follows an answer is part of every import, too. */
async function startVendor() {
  const done = { id: '00000000-0000-4000-8000-000000000000', status: 'done' };
  let imports = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.method === 'POST') imports = [done];
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(request.method === 'POST' ? done : { event_imports: imports }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** What one command adds to what those before it have left. */
async function warmUp(command) {
  const child = spawn(process.execPath, ['--import', warmUpFirst, program, ...command], {
    cwd: home,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stderr = await text(child.stderr);
  if (!stderr.endsWith('bytecode is written\n')) throw new Error(`no bytecode of ${command[0]}: ${stderr}`);
}
