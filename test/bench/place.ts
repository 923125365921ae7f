/** Where a benchmark happens: a temporary directory, a sink in a process of its own, and our command. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { writeMaterial, type Material } from './material.ts';
import { measureNode, measureShell, type Measured } from './measure.ts';

/** `npm run bench` is run in the folder of the project, and bundles its programs there. */
const project = process.cwd();
export const COMMAND = join(project, 'bin', 'scarf-cli.js');
const programs = join(project, 'dist', 'test', 'bench');

export interface Sizes {
  largeBytes: number;
  smallBytes: number;
  /** Of the table that is filled. */
  tableRows: number;
  pairs: number;
}

export class Place {
  readonly directory: string;
  readonly sizes: Sizes;
  readonly address: string;
  readonly #sink: ChildProcess;
  #runs = 0;

  private constructor(options: { directory: string; sizes: Sizes; address: string; sink: ChildProcess }) {
    this.directory = options.directory;
    this.sizes = options.sizes;
    this.address = options.address;
    this.#sink = options.sink;
  }

  /** To be closed. */
  static async open(sizes: Sizes): Promise<Place> {
    const directory = await mkdtemp(join(tmpdir(), 'scarf-cli-bench-'));
    const sink = spawn(process.execPath, [join(programs, 'sink.js'), join(directory, 'export.csv')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [port] = (await once(createInterface(sink.stdout), 'line')) as [string];
    return new Place({ directory, sizes, address: `http://127.0.0.1:${port}`, sink });
  }

  async close(): Promise<void> {
    this.#sink.kill();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** The path of a new file of events. */
  async file(name: string, kind: Material['kind'], bytes: number): Promise<string> {
    const path = join(this.directory, name);
    await writeMaterial({ path, bytes, kind });
    return path;
  }

  /** The path of a file of so many events, which the sink then exports. */
  async exported(rows: number): Promise<string> {
    const path = join(this.directory, 'export.csv');
    await writeMaterial({ path, rows, kind: 'export' });
    return path;
  }

  /** Runs scarf-cli as a user would, with a state of its own each time. */
  async scarf(...args: string[]): Promise<Measured> {
    const run = join(this.directory, `run-${this.#runs++}`);
    try {
      return await this.#node([COMMAND, ...args], {
        SCARF_API_URL: this.address,
        SCARF_API_TOKEN: 'not-a-secret',
        SCARF_OWNER: 'bench',
        SCARF_STATE_DIR: run,
      });
    } finally {
      await rm(run, { recursive: true, force: true });
    }
  }

  csvParse(path: string): Promise<Measured> {
    return this.#node([join(programs, 'csv-parse-alone.js'), path], {});
  }

  /** Without the probe, which would have Node load more than it does by itself. */
  startUp(...args: string[]): Promise<Measured> {
    return measureShell([process.execPath, ...args].map((word) => `'${word}'`).join(' '));
  }

  #node(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Measured> {
    return measureNode(args, { probe: pathToFileURL(join(programs, 'probe.js')).href, environment });
  }
}
