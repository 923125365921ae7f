// Builds `dist/bundled/NAME.js` of each file here that re-exports the part of a package that the program uses: one module,
// with the licences of all that is in it beside it. The packages are needed to build, and not where the program is installed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const root = join(here, '..', '..');
const output = join(root, 'dist', 'bundled');
const lateModule = join(here, 'inside', 'late-module.js');
mkdirSync(output, { recursive: true });

for (const file of readdirSync(here).filter((file) => file.endsWith('.js') && file !== 'build.js')) {
  const name = file.replace(/\.js$/, '');
  const stamp = join(output, `${name}.digest`);
  const digest = digestOf(join(here, file));
  const isBuilt = existsSync(join(output, file)) && existsSync(stamp);
  if (isBuilt && readFileSync(stamp, 'utf8') === digest) continue;
  const inputs = await bundle(file);
  writeFileSync(join(output, `${name}.LICENSES.txt`), licencesOf(inputs));
  writeFileSync(stamp, digest);
}

/** Digest of what decides the output: the packages are as the lock has them. */
function digestOf(source) {
  const hash = createHash('sha256');
  for (const file of [source, lateModule, import.meta.filename, join(root, 'package-lock.json')]) {
    hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** The files that went into it. */
async function bundle(file) {
  const { build } = await import('esbuild');
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(here, file)],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.18',
    // Modules for the browser and for CommonJS are larger.
    mainFields: ['module', 'main'],
    // What is left of CommonJS asks for modules of Node.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    define: { 'WebAssembly.Module': 'LateModule' },
    inject: [lateModule],
    outfile: join(output, file),
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  return Object.keys(metafile.inputs);
}

/** Every package by name, and each text once, below the packages that share it. */
function licencesOf(inputs) {
  const folders = new Set(
    inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []),
  );
  const namesByText = new Map();
  for (const folder of [...folders].sort()) {
    const { name, text } = licenceOf(folder);
    namesByText.set(text, [...(namesByText.get(text) ?? []), name]);
  }
  return [...namesByText]
    .map(([text, names]) => `${names.join('\n')}\n\n${text}\n`)
    .join(`\n${'-'.repeat(79)}\n\n`);
}

function licenceOf(folder) {
  const path = join(root, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const files = readdirSync(path).filter((file) => /^(licen[cs]e|notice)/i.test(file));
  const texts = files.map((file) => readFileSync(join(path, file), 'utf8').trimEnd());
  return { name: `${name} ${version} (${license})`, text: texts.join('\n\n') };
}
