/** Where a benchmark happens: a temporary directory, a sink in a process of its own, and our command. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeMaterial, type Material, type Written } from './material.ts';
import { measureNode, measureShell, type Measured } from './measure.ts';
import { PROGRAMS, startServer, type Server } from './server.ts';

/** `npm run bench` is run in the folder of the project. */
export const PROJECT = process.cwd();
export const COMMAND = commandOf(PROJECT);

/** The command of a built checkout. */
function commandOf(checkout: string): string {
  return join(checkout, 'bin', 'scarf-cli.js');
}

export interface Sizes {
  largeBytes: number;
  smallBytes: number;
  /** Of the table that is filled. */
  tableRows: number;
  pairs: number;
  /** Of the file beside which memory must not grow, where that is asked for. */
  hugeBytes: number;
  /** Of the largest file in the table of growth. */
  maxRows: number;
}

interface PlaceOptions extends Pick<Place, 'directory' | 'sizes' | 'olderBuild'> {
  sink: Server;
}

export class Place {
  readonly directory: string;
  readonly sizes: Sizes;
  readonly address: string;
  /** The checkout of an older build, for comparison. */
  readonly olderBuild: string | undefined;
  readonly #sink: Server;
  #runs = 0;

  private constructor(options: PlaceOptions) {
    this.directory = options.directory;
    this.sizes = options.sizes;
    this.address = options.sink.address;
    this.olderBuild = options.olderBuild;
    this.#sink = options.sink;
  }

  /** To be closed. */
  static async open(sizes: Sizes, olderBuild?: string): Promise<Place> {
    const directory = await mkdtemp(join(tmpdir(), 'scarf-cli-bench-'));
    const sink = await startServer('sink', join(directory, 'export.csv'));
    return new Place({ directory, sizes, olderBuild, sink });
  }

  async close(): Promise<void> {
    this.#sink.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** A new file of events, of so many bytes. */
  file(name: string, kind: Material['kind'], bytes: number): Promise<Written> {
    return writeMaterial({ path: join(this.directory, name), bytes, kind });
  }

  /** A new file of so many events, or of events of that size. */
  rowsFile(name: string, shape: Pick<Material, 'rows' | 'bytes' | 'padBytes'>): Promise<Written> {
    return writeMaterial({ path: join(this.directory, name), kind: 'ndjson', ...shape });
  }

  /** The path of a file of so many events, which the sink then exports. */
  async exported(rows: number): Promise<string> {
    const path = join(this.directory, 'export.csv');
    await writeMaterial({ path, rows, kind: 'export' });
    return path;
  }

  /** Imports a whole file, whatever was imported before. */
  import(path: string, ...options: string[]): Promise<Measured> {
    return this.scarf('import', path, '--quiet', '--progress', 'none', ...options);
  }

  /** Runs scarf-cli as a user would, with a state of its own each time. */
  scarf(...args: string[]): Promise<Measured> {
    return this.#command(args, []);
  }

  /** The same on the first processor only. */
  onOneCore(...args: string[]): Promise<Measured> {
    return this.#command(args, ['taskset', '-c', '0']);
  }

  /** Imports with the command of a built checkout, to another server. */
  importBy(checkout: string, address: string, ...args: string[]): Promise<Measured> {
    const words = [commandOf(checkout), 'import', ...args, '--quiet', '--progress', 'none'];
    return this.#withState(address, (environment) => this.#node(words, environment));
  }

  #command(args: readonly string[], prefix: readonly string[]): Promise<Measured> {
    return this.#withState(this.address, (environment) =>
      this.#node([COMMAND, ...args], environment, prefix),
    );
  }

  /** Runs something with the environment of a user whose state is new. */
  async #withState(
    address: string,
    measure: (environment: NodeJS.ProcessEnv) => Promise<Measured>,
  ): Promise<Measured> {
    const run = join(this.directory, `run-${this.#runs++}`);
    try {
      return await measure({
        SCARF_API_URL: address,
        SCARF_API_TOKEN: 'not-a-secret',
        SCARF_OWNER: 'bench',
        SCARF_STATE_DIR: run,
      });
    } finally {
      await rm(run, { recursive: true, force: true });
    }
  }

  /** Runs the command of an older build: the path of its checkout. */
  older(checkout: string, ...args: string[]): Promise<Measured> {
    return this.#node([commandOf(checkout), ...args], {
      SCARF_STATE_DIR: join(this.directory, 'older'),
    });
  }

  /** Runs another program of this folder: `csv-parse-alone`, `duckdb-alone`, `duckdb-counts`. */
  alone(program: string, path: string): Promise<Measured> {
    return this.#node([join(PROGRAMS, `${program}.js`), path], {});
  }

  /** Runs a shell command line that may speak with the sink. */
  shell(script: string): Promise<Measured> {
    return measureShell(script, this.#helpers);
  }

  /**
   * Runs a shell command line that uploads a file of so many bytes, compressed by gzip or pigz. Throws when something
   * else came.
   */
  async upload(script: string, bytes: number): Promise<Measured> {
    const measured = await this.shell(
      `${script} | curl -sS -o /dev/null -X POST -T - ${this.address}/import`,
    );
    const last = (await (await fetch(`${this.address}/last`)).json()) as { bytes: number; inflated: number };
    if (last.inflated !== bytes % 2 ** 32 || last.bytes > bytes) {
      throw new Error(`${script}: ${last.bytes} bytes came that hold ${last.inflated}, not ${bytes}`);
    }
    return measured;
  }

  /** Its work is part of what is measured. */
  get #helpers(): number[] {
    return this.#sink.pid === undefined ? [] : [this.#sink.pid];
  }

  /** Without the probe, which would have Node load more than it does by itself. */
  startUp(...args: string[]): Promise<Measured> {
    return measureShell([process.execPath, ...args].map((word) => `'${word}'`).join(' '));
  }

  #node(
    args: readonly string[],
    environment: NodeJS.ProcessEnv,
    prefix: readonly string[] = [],
  ): Promise<Measured> {
    const probe = pathToFileURL(join(PROGRAMS, 'probe.js')).href;
    return measureNode(args, { probe, environment, prefix, helpers: this.#helpers });
  }
}
