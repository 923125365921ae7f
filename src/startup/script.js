// Writes a module of the build as a script, and in its place a module of a few lines that loads it: Node.js keeps bytecode of
// scripts alone (of modules from version 22 on, in a folder of its own). Compiling what an import loads takes 60 ms.
import { createHash } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { loadScript } from './load-script.js';

/** Modules of Node.js that few commands come to use, and that take it milliseconds to load. */
const LATE = ['child_process', 'http', 'worker_threads'];

/**
 * Builds `NAME.script.js` and the module `NAME.js` (`outfile`) from the entry of `options`, which imports modules of Node.js
 * alone, but for those that it loads later. Gives esbuild's account of what is in it.
 */
export async function buildScript({ outfile, ...options }) {
  const { outputFiles, metafile } = await build({
    ...options,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    define: { ...options.define, 'import.meta.url': 'moduleUrl' },
    outfile,
    write: false,
    metafile: true,
    logLevel: 'warning',
  });
  const name = basename(outfile, '.js');
  const [output] = Object.values(metafile.outputs);
  const text = wrapped(loadedLate(outputFiles[0].text), new Set(output.imports.map(({ path }) => path)));
  const version = createHash('sha256').update(text).digest('hex').slice(0, 12);
  removeBytecode(dirname(outfile), name);
  writeFileSync(join(dirname(outfile), `${name}.script.js`), text);
  const exported = exportsOf({ name, version, moduleUrl: pathToFileURL(outfile).href });
  await writeModule({ outfile, name, version, exported });
  return metafile;
}

/**
 * Has those modules loaded when something of them is used for the first time: a variable that holds one takes it there. In minified
 * code, where a name stands for many things, nothing changes.
 */
function loadedLate(code) {
  const loads = new RegExp(`\\b(\\w+) = ((?:__)?require\\("node:(?:${LATE.join('|')})"\\))`, 'g');
  return [...code.matchAll(loads)].reduce(
    (text, [whole, name, load]) =>
      text
        .replace(whole, `${name} = void 0`)
        .replaceAll(new RegExp(`(?<![.\\w])${name}\\.`, 'g'), `(${name} ??= ${load}).`),
    code,
  );
}

/** A function of what a module has and a script has not. Escaped, the text takes one byte a character, and is read as it is. */
function wrapped(code, loaded) {
  const text = code
    .replaceAll(/\bimport\(("[^"\n]+")\)/g, (whole, specifier) =>
      loaded.has(JSON.parse(specifier)) ? `load(${specifier})` : whole,
    )
    .replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `(function (module, require, moduleUrl, load) {"use strict";${text}\n})`;
}

/** What the script exports. A module would pass on what is set later; a script tells what is there when it was evaluated. */
function exportsOf(script) {
  const exported = Object.entries(loadScript({ ...script, load: undefined }));
  const late = exported.filter(([, value]) => value === undefined).map(([name]) => name);
  if (late.length > 0) throw new Error(`${script.name}: not there yet: ${late.join(', ')}`);
  return exported.map(([name]) => name);
}

async function writeModule({ outfile, name, version, exported }) {
  const contents = `import { loadScript } from './load-script.js';
export const { ${exported.join(', ')} } = loadScript({
  name: '${name}', version: '${version}', moduleUrl: import.meta.url, load: (specifier) => import(specifier),
});`;
  await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.18',
    outfile,
    logLevel: 'warning',
  });
}

function removeBytecode(directory, name) {
  for (const file of readdirSync(directory)) {
    if (file.startsWith(`${name}.`) && file.endsWith('.bytecode')) rmSync(join(directory, file));
  }
}
