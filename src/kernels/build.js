// Builds each folder beside this file into `dist/kernels/NAME.js`, a module with its WebAssembly. Skips folders that have
// not changed since they were built: compiling takes seconds, and every build and test begins with this.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const output = join(here, '..', '..', 'dist', 'kernels');
mkdirSync(output, { recursive: true });

const kernels = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());
for (const { name } of kernels) {
  const stamp = join(output, `${name}.digest`);
  const digest = digestOf(name);
  const isBuilt = existsSync(join(output, `${name}.js`)) && existsSync(stamp);
  if (isBuilt && readFileSync(stamp, 'utf8') === digest) continue;
  await compile(name);
  writeFileSync(stamp, digest);
}

/** Digest of everything that decides the output: sources, settings, this file, and the versions of the compilers. */
function digestOf(name) {
  const sources = readdirSync(join(here, name)).sort();
  const files = [
    ...sources.map((file) => join(here, name, file)),
    join(here, 'asconfig.json'),
    import.meta.filename,
  ];
  const compilers = ['assemblyscript', 'esbuild'].map((tool) => fileInPackages(tool, 'package.json'));
  const hash = createHash('sha256');
  for (const file of [...files, ...compilers]) hash.update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function fileInPackages(tool, file) {
  return join(here, '..', '..', 'node_modules', tool, file);
}

async function compile(name) {
  const [{ default: asc }, { build }] = await Promise.all([import('assemblyscript/asc'), import('esbuild')]);
  const wasm = join(output, `${name}.wasm`);
  const source = join(here, name, 'index.ts');
  const settings = ['--config', join(here, 'asconfig.json'), '--outFile', wasm];
  const { error, stderr } = await asc.main([source, ...settings]);
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
