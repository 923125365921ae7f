/**
 * The manifest (`--manifest`): a file that lists the files of an output with their digests, so that others
 * can verify it.
 */
import { createHash } from 'node:crypto';
import { dirname, isAbsolute } from 'node:path';
import { isDayText, isRange, normalizeDays, spanOf } from '../../checkpoint/ranges.ts';
import type { Days } from '../../contracts/dataset.ts';
import type { ExpectedText, OutputPlace } from '../../contracts/place.ts';
import { Failure } from '../../failure.ts';
import { asObject, parseObject } from '../../json.ts';
import { below } from './names.ts';
import { daysOfPart, type DirectoryPart } from './shared-directory.ts';

/** A file as the manifest lists it. */
export interface ManifestEntry {
  /** Relative to the manifest. */
  path: string;
  day?: string;
  /** Null when unknown. */
  rows: number | null;
  bytes: number;
  columns: readonly string[];
  sha256: string;
}

/** A file as the export's state or an earlier manifest lists it. */
export type KnownFile = Omit<ManifestEntry, 'rows' | 'sha256'> & { rows?: number | null; sha256?: string };

/** How every manifest begins, in all versions. */
export const MANIFEST_PREFIX = /^\s*\{\s*"schema"\s*:\s*\d+\s*,\s*"dataset"\s*:/;

/** Each try that fails is a part that has written: far more than there are. */
const maxTries = 1_000;

interface Document {
  schema: 1;
  dataset: string;
  /** From the first day to the last, UTC; null for a dataset without days. */
  window: Days | null;
  /** The days that are complete. */
  ranges: readonly Days[];
  rows: number;
  files: readonly ManifestEntry[];
}

export interface ManifestOptions {
  path: string;
  /** Where the output stands. */
  place: OutputPlace;
  dataset: string;
  /** Whether to write a manifest even when the output has none yet. */
  isWanted: boolean;
  /** Others list their days in the same manifest. */
  share?: ManifestShare | undefined;
}

export interface ManifestShare {
  part: DirectoryPart;
  /** Keeps others of this machine from writing it meanwhile; held for milliseconds. */
  lock: () => Promise<{ release(): Promise<void> }>;
}

/**
 * The manifest of one output. It never lists more than exists: entries of files that are about to be replaced
 * are removed first. An existing manifest is kept up to date even by runs without `--manifest`.
 */
export class Manifest {
  readonly #options: ManifestOptions;
  readonly #files = new Map<string, ManifestEntry>();
  #ranges: readonly Days[] = [];
  #isKept = false;

  constructor(options: ManifestOptions) {
    this.#options = options;
  }

  /** The days that the manifest lists as complete. */
  get ranges(): readonly Days[] {
    return this.#ranges;
  }

  /**
   * Corrects the manifest: keeps the files it listed, and the known ones, that are unchanged. With `ranges`
   * undefined the manifest's own ranges stay.
   */
  async open(known: readonly KnownFile[], ranges: readonly Days[] | undefined): Promise<void> {
    const { isWanted, path, place } = this.#options;
    const found = await readManifest(place, path);
    this.#isKept = isWanted || found !== undefined;
    if (!this.#isKept) return;
    this.#ranges = ranges ?? found?.document.ranges ?? [];
    const files = new Map<string, KnownFile>(found?.document.files.map((file) => [file.path, file]));
    for (const file of known) files.set(file.path, { ...sameFile(files.get(file.path), file), ...file });
    for (const file of files.values()) if (this.#isOurs(file)) await this.#take(file, found?.writtenMs);
    await this.#write();
  }

  /** What others list is theirs to look after. */
  #isOurs({ day }: Pick<KnownFile, 'day'>): boolean {
    const { share } = this.#options;
    return share === undefined || (day !== undefined && share.part.has(day));
  }

  /** Removes entries. Called before their files are replaced. */
  async drop(paths: readonly string[]): Promise<void> {
    const dropped = paths.filter((path) => this.#files.delete(path));
    if (dropped.length > 0) await this.#write();
  }

  /** Adds entries for files that were written, and sets the complete days. */
  async put(files: readonly KnownFile[], ranges: readonly Days[]): Promise<void> {
    if (!this.#isKept) return;
    this.#ranges = ranges;
    for (const file of files) await this.#take(file, undefined);
    await this.#write();
  }

  /** Adds an entry; computes the digest again when the file may have changed since it was recorded. */
  async #take(file: KnownFile, writtenMs: number | undefined): Promise<void> {
    const { place } = this.#options;
    const path = below(dirname(this.#options.path), file.path);
    const now = await place.look(path);
    if (now?.bytes !== file.bytes) return;
    const isFresh = writtenMs === undefined || now.changedMs < writtenMs;
    const sha256 = isFresh && file.sha256 !== undefined ? file.sha256 : await digestOf(place.read(path));
    this.#files.set(file.path, { ...file, rows: file.rows ?? null, sha256 });
  }

  async #write(): Promise<void> {
    const { share } = this.#options;
    if (share === undefined) return this.#replace([...this.#files.values()], this.#ranges);
    const lock = await share.lock();
    try {
      for (let tries = 1; !(await this.#writeBesideOthers(share.part, tries)); tries += 1);
    } finally {
      await lock.release();
    }
  }

  /**
   * Puts the entries of this part beside those that others list now, which may be newer than what was read at the
   * beginning. False when a part on another machine has written it meanwhile.
   */
  async #writeBesideOthers(part: DirectoryPart, tries: number): Promise<boolean> {
    const { path, place } = this.#options;
    const found = await place.readText(path);
    const listed = found === undefined ? undefined : documentIn(found.text);
    const theirs = (listed?.files ?? []).filter((file) => !this.#isOurs(file));
    const ours = [...this.#files.values()];
    const ranges = [...daysOfPart(listed?.ranges ?? [], part, true), ...daysOfPart(this.#ranges, part)];
    try {
      await this.#replace([...theirs, ...ours], normalizeDays(ranges), { version: found?.version });
      return true;
    } catch (error) {
      if (error instanceof Failure && error.kind === 'locked' && tries < maxTries) return false;
      throw error;
    }
  }

  async #replace(
    entries: readonly ManifestEntry[],
    ranges: readonly Days[],
    expected?: ExpectedText,
  ): Promise<void> {
    const { dataset, path, place } = this.#options;
    const files = [...entries].sort((left, right) => (left.path < right.path ? -1 : 1));
    const days = files.flatMap(({ day }) => (day === undefined ? [] : [{ from: day, to: day }]));
    const document: Document = {
      schema: 1,
      dataset,
      window: spanOf([...days, ...ranges]) ?? null,
      ranges,
      rows: files.reduce((sum, { rows }) => sum + (rows ?? 0), 0),
      files,
    };
    await place.writeText(path, `${JSON.stringify(document, undefined, 2)}\n`, expected);
  }
}

/** Rows and digest from an older entry, if it describes the same bytes. */
function sameFile(older: KnownFile | undefined, file: KnownFile): Partial<KnownFile> {
  return older?.bytes === file.bytes ? older : {};
}

/** The manifest at a path; undefined when there is none of ours there. */
async function readManifest(
  place: OutputPlace,
  path: string,
): Promise<{ document: Document; writtenMs: number } | undefined> {
  const found = await place.readText(path);
  if (found === undefined) return undefined;
  const document = documentIn(found.text);
  return document === undefined ? undefined : { document, writtenMs: found.changedMs };
}

/** Undefined for what is not a manifest, but a file of another program. */
function documentIn(text: string): Document | undefined {
  if (!MANIFEST_PREFIX.test(text)) return undefined;
  return (parseDocument(text) ?? { files: [] }) as Document;
}

/** Undefined for a manifest that cannot be read; a new one replaces it. */
function parseDocument(text: string): Document | undefined {
  const value = parseObject(text);
  const { files, ranges = [] } = { ...value };
  const isWhole =
    Array.isArray(files) && files.every(isFile) && Array.isArray(ranges) && ranges.every(isRange);
  return isWhole ? (value as unknown as Document) : undefined;
}

function isFile(value: unknown): boolean {
  const { bytes, day, path } = { ...asObject(value) };
  return typeof bytes === 'number' && (day === undefined || isDayText(day)) && isBeside(path);
}

/** Manifests list only files in their own directory and below. */
function isBeside(path: unknown): boolean {
  return typeof path === 'string' && !isAbsolute(path) && !path.split(/[\\/]/).includes('..');
}

/** SHA-256, in hexadecimal. */
export async function digestOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk);
  return hash.digest('hex');
}
