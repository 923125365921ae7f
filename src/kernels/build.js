// Builds each folder beside this file that has an `index.ts` into `dist/kernels/NAME.js`, a module with its WebAssembly.
// Skips those that have not changed since they were built: compiling takes seconds, and every build and test begins with
// this.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const output = join(here, '..', '..', 'dist', 'kernels');
mkdirSync(output, { recursive: true });

const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const names = folders.map(({ name }) => name).sort();
for (const name of names.filter((name) => existsSync(join(here, name, 'index.ts')))) {
  const stamp = join(output, `${name}.digest`);
  const digest = `${name} ${digestOfSources()}`;
  const isBuilt = existsSync(join(output, `${name}.js`)) && existsSync(stamp);
  if (isBuilt && readFileSync(stamp, 'utf8') === digest) continue;
  await compile(name);
  writeFileSync(stamp, digest);
}

/**
 * Digest of everything that decides the outputs: sources, which kernels share, settings, this file, and the versions of
 * the compilers.
 */
function digestOfSources() {
  const sources = names.flatMap((name) =>
    readdirSync(join(here, name))
      .sort()
      .map((file) => join(here, name, file)),
  );
  const files = [...sources, join(here, 'asconfig.json'), import.meta.filename];
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
  await inlineMore(wasm);
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

/**
 * Optimizes once more with larger limits on what is inlined, which the compiler has no option for. Sources are many
 * small functions, and V8 inlines none of them; without this a function slows down when something else calls it too.
 * Limits are in nodes of Binaryen's tree: twice as much is slower again.
 */
async function inlineMore(wasm) {
  const { default: binaryen } = await import('assemblyscript/binaryen');
  const module = binaryen.readBinary(readFileSync(wasm));
  const { BulkMemory, BulkMemoryOpt, MutableGlobals, NontrappingFPToInt, SIMD128, SignExt } =
    binaryen.Features;
  module.setFeatures(BulkMemory | BulkMemoryOpt | MutableGlobals | NontrappingFPToInt | SIMD128 | SignExt);
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  binaryen.setAlwaysInlineMaxSize(400);
  binaryen.setFlexibleInlineMaxSize(1000);
  binaryen.setOneCallerInlineMaxSize(5000);
  module.optimize();
  writeFileSync(wasm, module.emitBinary());
}
