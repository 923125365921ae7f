/**
 * The rejects of an export: rows that are not written, verbatim, and next to them one line per row that says
 * why.
 */
import type { Share } from '../../records.ts';
import type { RejectedRows, RejectMark, RejectStore } from '../../contracts/window.ts';
import { openOutputFiles, type OutputFiles } from '../../delivery/outputs/output-files.ts';
import { decideOutputs, type OutputDecisions } from '../../delivery/outputs/owned-files.ts';
import type { OwnedFile } from '../../delivery/ledger/records.ts';
import { resolveRowOutput } from '../../disk/output/output-path.ts';
import { Failure } from '../../failure.ts';
import { readRejectsOwner, type RejectsOwner } from './rejects-owner.ts';
import {
  chooseRejectsPaths,
  pathsForHeader,
  possibleFiles,
  type RejectsPathOptions,
  type RejectsPaths,
} from './rejects-paths.ts';
import type { ExportSettings } from '../options/export.ts';

/** More rows were rejected than `--max-rejects` allows. What is committed stays; nothing more is fetched. */
export class TooManyRejects extends Failure {
  constructor(bound: Share) {
    const text = 'count' in bound ? String(bound.count) : `${bound.share * 100} %`;
    super('local', `stopped: more than ${text} of the rows were rejected`);
  }
}

export interface ExportRejects extends RejectStore {
  /**
   * Called once, before anything is fetched. Throws a Failure `usage` when the given name is that of a file
   * which no earlier export to this destination created, unless the file is to be appended to or replaced.
   */
  claim(destination: string): Promise<void>;
  /**
   * Called once, after everything is written. Removes a file that was to be replaced when there were no
   * rejects.
   */
  finish(): Promise<void>;
  /** The path of the rejects; undefined while there are none. */
  path(): string | undefined;
  close(): Promise<void>;
}

export interface ExportRejectsOptions extends RejectsPathOptions {
  settings: ExportSettings;
  signal: AbortSignal;
}

const noRows = new Uint8Array(0);

/** Creates nothing before the first reject. Rows with different headers go to different files. */
export function createExportRejects(options: ExportRejectsOptions): ExportRejects {
  return new RejectsOnDisk(options);
}

class RejectsOnDisk implements ExportRejects {
  readonly #options: ExportRejectsOptions;
  /** Undefined until rows are rejected, unless the user named a path. */
  #paths: RejectsPaths | undefined;
  #owner: RejectsOwner | undefined;
  #decisions: OutputDecisions = new Map();
  #files: OutputFiles | undefined;
  /** The lengths of the files that are appended to, as they were found. */
  #found: Record<string, number> = {};
  /** Those met so far, in the order of their files. */
  readonly #headers: string[] = [];
  #rows = 0;
  #received = 0;

  constructor(options: ExportRejectsOptions) {
    this.#options = options;
  }

  async claim(destination: string): Promise<void> {
    const { dataset, machine, settings } = this.#options;
    const { append, overwrite, rejects, stateDir } = settings;
    if (append && overwrite) throw new Failure('usage', '--overwrite and --append cannot be used together');
    if (rejects === undefined) return;
    this.#paths = await chooseRejectsPaths(this.#options);
    this.#owner = await readRejectsOwner(machine, stateDir, { dataset, destination });
    const resumed = { owned: this.#owner.owned, files: {} };
    const decided = { resumed, earlier: [], append, overwrite };
    this.#decisions = await decideOutputs(possibleFiles(this.#paths), decided);
  }

  expect(received: number): void {
    this.#received += received;
  }

  async append({ header, rows = noRows, notes = noRows, count }: RejectedRows): Promise<void> {
    this.#paths ??= await chooseRejectsPaths(this.#options);
    this.#files ??= await this.#open(this.#paths);
    const files = this.#files;
    const target = pathsForHeader(this.#paths, this.#indexOf(header));
    if ((await files.lengthOf(target.path)) === 0) await files.append(target.path, header);
    if (rows.length > 0) await files.append(target.path, rows);
    if (notes.length > 0) await files.append(target.notes, notes);
    this.#rows += count;
    this.#checkBound();
  }

  mark(): RejectMark {
    return { lengths: this.#files?.lengths() ?? {}, rows: this.#rows, received: this.#received };
  }

  async cutTo(mark: RejectMark): Promise<void> {
    this.#rows = mark.rows;
    this.#received = mark.received;
    for (const path of Object.keys(this.#files?.lengths() ?? {})) {
      await this.#files?.cut(path, mark.lengths[path] ?? this.#found[path] ?? 0);
    }
  }

  async flush(): Promise<void> {
    await this.#files?.flush();
  }

  path(): string | undefined {
    return this.#rows === 0 ? undefined : this.#paths?.path;
  }

  async finish(): Promise<void> {
    if (this.#paths === undefined || ![...this.#decisions.values()].includes('overwrite')) return;
    this.#files ??= await this.#open(this.#paths);
    await this.#files.removeReplaced();
  }

  async close(): Promise<void> {
    await this.#files?.close();
  }

  /** Existing files under these names are appended to. */
  async #open(paths: RejectsPaths): Promise<OutputFiles> {
    const { machine, signal } = this.#options;
    const decisions = this.#decisions;
    const kept = possibleFiles(paths).filter((path) => ['own', 'append'].includes(decisions.get(path) ?? ''));
    this.#found = await lengthsOf(kept);
    const onMade = async (path: string, file: OwnedFile) => this.#owner?.note(path, file);
    return openOutputFiles(this.#found, { machine, signal, decisions, onMade });
  }

  #indexOf(header: Uint8Array): number {
    const key = Buffer.from(header).toString('latin1');
    if (!this.#headers.includes(key)) this.#headers.push(key);
    return this.#headers.indexOf(key);
  }

  #checkBound(): void {
    const { maxRejects: bound } = this.#options.settings;
    if (bound === undefined) return;
    const limit = 'count' in bound ? bound.count : bound.share * this.#received;
    if (this.#rows > limit) throw new TooManyRejects(bound);
  }
}

/** The lengths of the files that exist; a stream has none. */
async function lengthsOf(paths: readonly string[]): Promise<Record<string, number>> {
  const lengths: Record<string, number> = {};
  for (const path of paths) {
    const output = await resolveRowOutput(path);
    if (output.kind === 'file' && output.existing !== undefined) lengths[path] = output.existing.size;
  }
  return lengths;
}
