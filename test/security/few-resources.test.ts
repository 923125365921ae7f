/** A process that may have few files open, or little memory, does its work or says what it lacks. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../child.ts';
import { eventRows, lines, openPlace, storedNumbers, upTo, type Place } from '../machine.ts';

const program = join(import.meta.dirname, '../../bin/scarf-cli.js');

/** The built command under a limit of the shell; standard error comes with its output. */
async function limited(place: Place, limit: string, argv: readonly string[], environment: object = {}) {
  const all = {
    ...place.sandbox.environment,
    SCARF_STATE_DIR: join(place.directory, 'state'),
    ...environment,
  };
  const variables = Object.entries(all).map(([name, value]) => `${name}=${String(value)}`);
  const shell = `ulimit ${limit} || exit 99; exec "$0" "$@" 2>&1`;
  return run(['env', ...variables, 'bash', '-c', shell, process.execPath, program, ...argv], place.directory);
}

async function placeOf(inputs: number): Promise<Place> {
  const place = await openPlace();
  await mkdir(join(place.directory, 'many'));
  const rows = eventRows(inputs);
  await Promise.all(
    rows.map((row, index) => writeFile(join(place.directory, 'many', `${index}.ndjson`), lines([row]))),
  );
  return place;
}

describe('many more inputs than a process may have files open', () => {
  const inputs = 400;

  it('are imported, and known when they are given again', async () => {
    const place = await placeOf(inputs);
    const first = await limited(place, '-n 64', ['import', 'many/*.ndjson', '--json', '--progress', 'none']);
    expect(first.code, first.lines.join('\n')).toBe(0);
    expect(storedNumbers(place.sandbox)).toEqual(upTo(inputs));
    const again = await limited(place, '-n 64', ['import', 'many/*.ndjson', '--quiet']);
    expect(again.code, again.lines.join('\n')).toBe(0);
    expect(storedNumbers(place.sandbox)).toEqual(upTo(inputs));
  });

  it.each([
    ['ingested', ['ingest', 'moesif', 'many/*.ndjson', '--quiet', '--allow-rejects', '100%']],
    ['checked', ['check', 'many/*.ndjson', '--quiet']],
  ])('are %s', async (_name, argv) => {
    const place = await placeOf(inputs);
    const { code, lines: printed } = await limited(place, '-n 64', argv);
    expect(code, printed.join('\n')).toBe(0);
  });

  it('have a file of rejects each', async () => {
    const place = await openPlace();
    await mkdir(join(place.directory, 'bad'));
    const names = upTo(100).map((number) => `${number}.ndjson`);
    for (const name of names)
      await writeFile(join(place.directory, 'bad', name), lines([eventRows(1)[0]!, name, name]));
    const argv = ['import', 'bad/*.ndjson', '--rejects', 'out/', '--chunk-size', '2KiB', '--quiet'];
    const { code, lines: printed } = await limited(place, '-n 64', argv);
    expect(code, printed.join('\n')).toBe(3);
    for (const name of names) {
      expect(await readFile(join(place.directory, 'out', name), 'utf8')).toBe(`${name}\n${name}\n`);
    }
  });
});

describe('a process that lacks what it needs', () => {
  const noStack = /^\s+at |Node\.js v/m;
  /** With one less, newer versions of Node.js do not get as far as the program. */
  const fewFiles = Number.parseInt(process.versions.node) < 22 ? 20 : 21;

  it.each(['import', 'export', 'imports'])(
    'says so in a sentence with too few files open: %s',
    async (verb) => {
      const place = await placeOf(1);
      const rest = {
        import: ['many/0.ndjson'],
        export: ['events'],
        imports: ['list'],
      };
      const argv = [verb, ...rest[verb as keyof typeof rest]];
      const { code, lines: printed } = await limited(place, `-n ${fewFiles}`, argv);
      expect(code).toBe(6);
      expect(printed.join('\n')).toContain('EMFILE');
      expect(printed.join('\n')).not.toMatch(noStack);
    },
  );

  it.runIf(process.platform === 'linux').each([
    ['too little for WebAssembly', '-v 4000000', {}],
    ['too little for anything', '-v 1300000', { NODE_OPTIONS: '--disable-wasm-trap-handler' }],
  ])('says so in a sentence with %s', async (_name, limit, environment) => {
    const place = await placeOf(1);
    const { code, lines: printed } = await limited(place, limit, ['import', 'many/0.ndjson'], environment);
    expect(code, printed.join('\n')).toBe(6);
    expect(printed.join('\n')).toContain('ulimit -v');
    expect(printed.join('\n')).not.toMatch(noStack);
    expect(storedNumbers(place.sandbox)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('works in two gigabytes when it is told how', async () => {
    const place = await placeOf(1);
    const environment = { NODE_OPTIONS: '--disable-wasm-trap-handler' };
    const { code, lines: printed } = await limited(
      place,
      '-v 2000000',
      ['import', 'many/0.ndjson'],
      environment,
    );
    expect(code, printed.join('\n')).toBe(0);
    expect(storedNumbers(place.sandbox)).toEqual([0]);
  });
});
