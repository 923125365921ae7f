// Builds `dist/bundled/NAME.js` of each file here that re-exports the part of a package that the program uses: one module,
// with the licences of all that is in it beside it. The packages are needed to build, and not where the program is installed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { licencesOf } from '../startup/licences.js';
import { buildScript } from '../startup/script.js';

const here = import.meta.dirname;
const root = join(here, '..', '..');
const output = join(root, 'dist', 'bundled');
const lateModule = join(here, 'inside', 'late-module.js');
const noHttp = join(here, 'inside', 'no-http.js');
const noHttp2 = join(here, 'inside', 'no-http2.js');
/** What stands for modules of Node.js in each. */
const STAND_INS = {
  undici: { 'node:http': noHttp, 'node:http2': noHttp2 },
  'aws-sdk': { 'node:http2': noHttp2 },
};
const [scriptWriter, scriptLoader] = ['script.js', 'load-script.js'].map((file) =>
  join(here, '..', 'startup', file),
);
mkdirSync(output, { recursive: true });

for (const file of readdirSync(here).filter((file) => file.endsWith('.js') && file !== 'build.js')) {
  const name = file.replace(/\.js$/, '');
  const stamp = join(output, `${name}.digest`);
  const digest = digestOf(join(here, file));
  const isBuilt = existsSync(join(output, file)) && existsSync(stamp);
  if (isBuilt && readFileSync(stamp, 'utf8') === digest) continue;
  const inputs = await bundle(name);
  writeFileSync(join(output, `${name}.LICENSES.txt`), licencesOf(inputs));
  writeFileSync(stamp, digest);
}

/** Digest of what decides the output: the packages are as the lock has them. */
function digestOf(source) {
  const hash = createHash('sha256');
  for (const file of [
    source,
    lateModule,
    noHttp,
    noHttp2,
    scriptWriter,
    scriptLoader,
    import.meta.filename,
    join(root, 'package-lock.json'),
  ]) {
    hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** The files that went into it. */
async function bundle(name) {
  const metafile = await buildScript({
    absWorkingDir: root,
    entryPoints: [join(here, `${name}.js`)],
    minify: true,
    target: 'node20.18',
    // Modules for the browser and for CommonJS are larger.
    mainFields: ['module', 'main'],
    define: { 'WebAssembly.Module': 'LateModule' },
    inject: [lateModule],
    alias: STAND_INS[name],
    outfile: join(output, `${name}.js`),
    legalComments: 'none',
  });
  return Object.keys(metafile.inputs);
}
