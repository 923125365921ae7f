// Builds the program: `dist/main.js`, and beside it what is loaded when it is reached. What every import loads is cut into a
// hundred chunks by who else needs them, and a file costs Node.js about a millisecond: they are put together as `dist/warm.js`,
// the small packages among them, and loaded as a script, of which V8 has bytecode.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { licencesOf } from './licences.js';
import { buildScript } from './script.js';

const root = join(import.meta.dirname, '..', '..');
const output = join(root, 'dist');

/** What is loaded one after the other by an import of a file. */
const warmEntries = [
  'src/main.ts',
  'src/commands/program.ts',
  'src/commands/import/declare.ts',
  'src/application/delivery/run.ts',
  'src/vendors/scarf/target.ts',
];

/** Packages that every import needs: as files of their own they take 30 ms to load. */
const warmPackages = ['chalk', 'commander', 'lossless-json', 'p-limit', 'p-retry'];
const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const coldPackages = Object.keys({ ...dependencies, ...peerDependencies }).filter(
  (name) => !warmPackages.includes(name),
);

const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.18',
  external: ['#bundled/*', ...coldPackages],
  minifySyntax: true,
  logLevel: 'warning',
};

const { metafile } = await build({
  ...common,
  entryPoints: ['src/main.ts'],
  splitting: true,
  outdir: output,
  metafile: true,
});
const chunks = new Map(Object.entries(metafile.outputs).map(([path, chunk]) => [basename(path), chunk]));
const warm = [...withImports(chunks, warmEntries)];
await buildScript({
  ...common,
  stdin: { contents: warm.map(exportsOf).join(''), resolveDir: output },
  outfile: join(output, 'warm.js'),
  plugins: [leaveOut((name) => !warm.includes(name))],
});
writeFileSync(join(output, 'warm.LICENSES.txt'), licencesOf(Object.keys(metafile.inputs)));
for (const [name, chunk] of chunks) {
  if (!warm.includes(name)) takeFromWarm(name);
  else if (chunk.entryPoint === undefined) rmSync(join(output, name));
  else writeFileSync(join(output, name), importsOf(name));
}

/** The chunks of some sources, and what they cannot do without. */
function withImports(chunks, sources) {
  const found = new Set();
  const add = (name) => {
    if (found.has(name)) return;
    found.add(name);
    for (const { path, kind, external } of chunks.get(name).imports) {
      if (kind === 'import-statement' && external !== true) add(basename(path));
    }
  };
  for (const source of sources) add(chunkOf(chunks, source));
  return found;
}

function chunkOf(chunks, source) {
  const [name] = [...chunks].find(([, { entryPoint }]) => entryPoint === source) ?? [];
  if (name === undefined) throw new Error(`${source} is not loaded by itself any more`);
  return name;
}

/** What a chunk exports, under names that no other chunk uses. */
function exportsOf(name) {
  const names = chunks.get(name).exports.map((one) => `${one} as ${inWarm(one, name)}`);
  return `export { ${names.join(', ')} } from './${name}';\n`;
}

/** What is left of a chunk that is loaded by its name. */
function importsOf(name) {
  const names = chunks.get(name).exports.map((one) => `${inWarm(one, name)} as ${one}`);
  return `export { ${names.join(', ')} } from './warm.js';\n`;
}

function inWarm(one, name) {
  return `${one}_${warm.indexOf(name)}`;
}

/** Has another chunk import from the one file what it imported from its parts, in the form in which esbuild writes imports. */
function takeFromWarm(name) {
  const path = join(output, name);
  const code = readFileSync(path, 'utf8').replaceAll(
    /^import (?:\{([^{}]*)\} from )?"\.\/([^"]+)";$/gm,
    (statement, names, other) => {
      if (!warm.includes(other)) return statement;
      if (names === undefined) return 'import "./warm.js";';
      const taken = names.split(',').map((one) => {
        const [exported, local = exported] = one.trim().split(' as ');
        return `${inWarm(exported, other)} as ${local}`;
      });
      return `import { ${taken.join(', ')} } from "./warm.js";`;
    },
  );
  writeFileSync(path, code);
}

/** Has other chunks loaded as before. */
function leaveOut(isOther) {
  return {
    name: 'leave-out',
    setup(building) {
      building.onResolve({ filter: /^(\.\/|#)/ }, ({ path }) =>
        path.startsWith('#') || isOther(basename(path)) ? { path, external: true } : undefined,
      );
    },
  };
}
