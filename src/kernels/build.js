// Builds each folder beside this file into `dist/kernels/NAME.js`, a module that holds its WebAssembly.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import { build } from 'esbuild';

const here = import.meta.dirname;
const output = join(here, '..', '..', 'dist', 'kernels');
mkdirSync(output, { recursive: true });

const kernels = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());
for (const { name } of kernels) {
  const wasm = join(output, `${name}.wasm`);
  const source = join(here, name, 'index.ts');
  const { error, stderr } = await asc.main([
    source,
    '--config',
    join(here, 'asconfig.json'),
    '--outFile',
    wasm,
  ]);
  if (error) throw new Error(`${name}: ${stderr.toString()}`, { cause: error });
  await build({
    entryPoints: [wasm],
    loader: { '.wasm': 'binary' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.18',
    outfile: join(output, `${name}.js`),
    logLevel: 'warning',
  });
}
