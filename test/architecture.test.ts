import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDocument, tableUnder } from './docs/documents.ts';
import { importsOf } from './imports.ts';
import type { Import } from './imports.ts';

/**
 * Who may import whom, one line a folder or file of src/. `types(x)`: only its types. `*`: everything.
 */
const house: Record<string, string> = {
  records: '',
  failure: '',
  masking: '',
  calendar: '',
  concurrency: '',
  json: '',
  contracts: 'records failure',
  checkpoint: 'calendar types(contracts)',
  events: 'records failure types(contracts)',
  trace: '',
  'network-errors': '',
  machine: 'types(trace)',
  'real-machine': 'trace types(machine)',
  retry: 'types(machine)',
  interruption: 'concurrency failure types(machine)',
  disk: 'calendar failure types(machine)',
  http: 'bundled concurrency failure records contracts masking disk network-errors types(machine) types(trace)',
  shards: 'records calendar contracts failure',
  sources: 'records calendar contracts concurrency failure disk types(machine)',
  storage: 'bundled contracts failure masking retry http types(machine)',
  settings: 'failure records calendar contracts masking disk types(machine)',
  bundled: 'startup',
  startup: '',
  kernels: '',
  formats: 'records calendar json contracts failure kernels types(settings)',
  shaping: 'records calendar json contracts failure formats kernels types(settings)',
  sinks: 'records calendar json contracts checkpoint failure masking disk network-errors types(machine)',
  vendors: 'records calendar json contracts failure masking http settings',
  delivery: 'records events calendar contracts concurrency failure masking retry disk kernels types(machine)',
  encoders: 'contracts failure formats replies',
  replies: 'calendar json contracts concurrency failure formats retry disk kernels',
  retrieval: 'events calendar contracts checkpoint failure retry replies types(machine)',
  report: 'records events calendar failure types(contracts) types(machine) types(trace)',
  analysis: 'calendar json failure formats kernels replies',
  page: 'records calendar report types(analysis)',
  sandbox: '',
  application:
    'records events calendar contracts checkpoint concurrency failure masking retry interruption disk http sources storage settings formats shaping sinks vendors delivery encoders replies retrieval report analysis page shards types(machine) types(trace)',
  commands: '*',
  library: 'application commands failure interruption masking settings vendors real-machine types(machine)',
  main: 'commands interruption report failure disk masking real-machine types(machine)',
};

/** Packages that are slow to load: only where they are reached, since start-up time is measured. */
const lazyPackages = ['#bundled/undici', 'jq-wasm', 'string-width', 'picomatch', '#bundled/aws-sdk'];

/** A folder that holds more is hard to read as a whole. */
const maxFiles = 10;

/** Large folders that no row passes, and the root, whose files are the folders of `house`. */
const withoutRows = ['./', 'sandbox/', 'commands/help/topics/'];

/** Folders of test/ that mirror no folder of src/. */
const testsOfTheWhole = [
  'bench',
  'chaos',
  'contracts',
  'demo',
  'deploy',
  'docs',
  'engines',
  'fuzz',
  'mutation',
  'security',
];

const root = join(import.meta.dirname, '..');
const edges = sourceFiles().flatMap((file) =>
  importsOf(readFileSync(join(root, 'src', file), 'utf8')).map((one) => edgeOf(file, one)),
);

describe('the source', () => {
  it('has files, and only folders and files that the table names', () => {
    expect(sourceFiles().length).toBeGreaterThan(20);
    const unknown = readdirSync(join(root, 'src')).filter((name) => house[houseOf(name)] === undefined);
    expect(unknown).toEqual([]);
  });

  it('imports what the table allows', () => {
    expect(edges.filter((edge) => !isAllowed(edge)).map(describeEdge)).toEqual([]);
  });

  it('imports files that exist, by their full names', () => {
    const missing = edges.filter(({ to }) => to !== undefined && !existsSync(join(root, 'src', to)));
    expect(missing.map(describeEdge)).toEqual([]);
    expect(edges.filter(({ specifier }) => specifier === '?').map(describeEdge)).toEqual([]);
  });

  it('has no cycles, types and what is loaded later included', () => {
    expect(findCycle(edges)).toEqual([]);
  });

  it('keeps vendors apart', () => {
    const vendorOf = (file: string) => /^vendors\/([^/]+)\//.exec(file)?.[1];
    const mixed = edges.filter(({ from, to }) => {
      const [one, other] = [vendorOf(from), vendorOf(to ?? '')];
      return one !== undefined && other !== undefined && one !== other;
    });
    expect(mixed.map(describeEdge)).toEqual([]);
  });

  it('loads slow packages where they are reached', () => {
    const eager = edges.filter(({ specifier, kind }) => lazyPackages.includes(specifier) && kind === 'value');
    expect(eager.map(describeEdge)).toEqual([]);
  });
});

it('starts in a bin of a shebang and one line', () => {
  const text = readFileSync(join(root, 'bin', 'scarf-cli.js'), 'utf8').trim();
  expect(text.split('\n').length).toBeLessThanOrEqual(5);
  expect(text).toMatch(/^#!\/usr\/bin\/env node\n/);
  // What answers without the program, what starts it, and what is started.
  expect(text.match(/\b(require|import)\('/g)).toHaveLength(3);
});

it('has at most ten files in a folder, or a reason in docs/design.md', () => {
  const counts = new Map<string, number>();
  for (const file of sourceFiles()) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  const large = [...counts].filter(([, files]) => files > maxFiles).map(([folder]) => folder);
  const design = readDocument(join('docs', 'design.md'));
  const listed = tableUnder(design, 'Rooms of more than ten files').flatMap(([folders = '']) =>
    [...folders.matchAll(/`([^`]+)`/g)].map(([, folder = '']) => folder),
  );
  const isRowless = (folder: string) => withoutRows.some((beginning) => `${folder}/`.startsWith(beginning));
  expect(listed.sort()).toEqual(large.filter((folder) => !isRowless(folder)).sort());
});

it('is mirrored by its tests', () => {
  const folders = readdirSync(join(root, 'test'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const strange = folders.filter(({ name }) => house[name] === undefined && !testsOfTheWhole.includes(name));
  expect(strange.map(({ name }) => name)).toEqual([]);
});

it('is described in docs/design.md as it is held to here', () => {
  const words: Record<string, string> = { '': 'nothing', '*': 'everything' };
  const expected = Object.entries(house).map(([folder, may]) => [folder, words[may] ?? may]);
  expect(tableUnder(readDocument(join('docs', 'design.md')), 'Who imports whom')).toEqual(expected);
});

describe('the checks themselves', () => {
  it.each<[string, string, Import['kind']]>([
    ['import { a } from "./x.ts"', './x.ts', 'value'],
    ['import a from "./x.ts"', './x.ts', 'value'],
    ['import * as a from "./x.ts"', './x.ts', 'value'],
    ['import "./x.ts"', './x.ts', 'value'],
    ['import { a, type B } from "./x.ts"', './x.ts', 'value'],
    ['import { type B } from "./x.ts"', './x.ts', 'type'],
    ['import type { B } from "./x.ts"', './x.ts', 'type'],
    ['export { a } from "./x.ts"', './x.ts', 'value'],
    ['export * from "./x.ts"', './x.ts', 'value'],
    ['export type { B } from "./x.ts"', './x.ts', 'type'],
    ['let b: import("./x.ts").B', './x.ts', 'type'],
    ['const f = async () => (await import("./x.ts")).a', './x.ts', 'lazy'],
    ['const f = (name: string) => import(name)', '?', 'lazy'],
  ])('see %s', (text, specifier, kind) => {
    expect(importsOf(text)).toEqual([{ specifier, kind }]);
  });

  it.each<[string, string, Import['kind'], boolean]>([
    ['sources/a.ts', 'sources/b.ts', 'value', true],
    ['sources/a.ts', '../disk/lock.ts', 'value', true],
    ['sources/a.ts', '../machine.ts', 'type', true],
    ['sources/a.ts', '../machine.ts', 'value', false],
    ['sources/a.ts', '../contracts/input.ts', 'type', true],
    ['delivery/a.ts', '../vendors/index.ts', 'lazy', false],
    ['delivery/deep/a.ts', '../../sinks/a.ts', 'type', false],
    ['sandbox/a.ts', '../failure.ts', 'type', false],
    ['commands/a.ts', '../sandbox/a.ts', 'lazy', true],
    ['records.ts', './failure.ts', 'type', false],
    ['main.ts', './commands/program.ts', 'lazy', true],
    ['main.ts', './delivery/a.ts', 'value', false],
  ])('judge %s importing %s (%s)', (from, specifier, kind, allowed) => {
    const wanted = specifier.startsWith('.') ? specifier : posix.relative(dirname(from), specifier);
    const relativeSpecifier = wanted.startsWith('.') ? wanted : `./${wanted}`;
    expect(isAllowed(edgeOf(from, { specifier: relativeSpecifier, kind }))).toBe(allowed);
  });

  it('find a cycle', () => {
    const ring = [
      ['a.ts', './b.ts'],
      ['b.ts', './c.ts'],
      ['b.ts', './d.ts'],
      ['d.ts', './b.ts'],
    ].map(([from = '', specifier = '']) => edgeOf(from, { specifier, kind: 'value' }));
    expect(findCycle(ring)).toEqual(['b.ts', 'd.ts', 'b.ts']);
    expect(findCycle(ring.slice(0, 3))).toEqual([]);
  });
});

interface Edge extends Import {
  from: string;
  /** Path in src/; undefined for packages. */
  to: string | undefined;
}

function sourceFiles(): string[] {
  const entries = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(join(root, 'src'), join(entry.parentPath, entry.name)))
    .sort();
}

function edgeOf(from: string, { specifier, kind }: Import): Edge {
  return { from, to: targetOf(from, specifier), specifier, kind };
}

/** `#kernels/x` is what the build makes of the folder `kernels/x`, and `#bundled/x` of `bundled/x.js`. */
function targetOf(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('#bundled/')) return `${specifier.slice(1)}.js`;
  if (specifier.startsWith('#')) return specifier.slice(1);
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : undefined;
}

/** The line of the table that a file of src/ belongs to. */
function houseOf(file: string): string {
  const first = file.split('/')[0] ?? '';
  return first.replace(/\.ts$/, '');
}

function isAllowed({ from, to, kind }: Edge): boolean {
  if (to === undefined) return true;
  const [own, other] = [houseOf(from), houseOf(to)];
  if (own === other) return true;
  const allowed = (house[own] ?? '').split(' ');
  return (
    allowed.includes('*') ||
    allowed.includes(other) ||
    (kind === 'type' && allowed.includes(`types(${other})`))
  );
}

function describeEdge({ from, specifier, kind }: Edge): string {
  return `${from} -> ${specifier} (${kind})`;
}

/** The files of one cycle, the first again at the end; nothing when there is none. */
function findCycle(all: readonly Edge[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of all) if (to !== undefined) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const follow = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const to of next.get(file) ?? []) {
      const cycle = follow(to, [...path, file]);
      if (cycle.length > 0) return cycle;
    }
    done.add(file);
    return [];
  };
  for (const file of next.keys()) {
    const cycle = follow(file, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
