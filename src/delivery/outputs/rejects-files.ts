/**
 * Chooses the rejects file of each input. A file holds rows of one format and one header, so that it can be
 * imported again: inputs that differ get separate files, and keep them when the run is resumed or another run
 * appends.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { withFailureContext } from '../../disk/errno.ts';
import { resolveRowOutput } from '../../disk/output/output-path.ts';
import { isAsLeft, type LeftFiles } from './owned-files.ts';

/** Kind of rejected rows. */
export interface RejectsKind {
  /** Equal for rows that may share a file. */
  id: string;
  /** Extension of the file name, such as `csv`. */
  ending: string;
  /** Written at the start of the file. */
  preamble: Uint8Array;
}

/** `form`: the format and everything about it that no header shows. */
export function rejectsKind(form: readonly string[], ending: string, preamble: Uint8Array): RejectsKind {
  const digest = createHash('sha256').update(JSON.stringify(form)).update(preamble).digest('hex');
  return { id: digest.slice(0, 16), ending, preamble };
}

/** Names the files, numbered from 1. */
export type NameRejects = (number: number, ending: string) => string;

/** Names next to a path given by the user: `bad.ndjson`, `bad.2.csv`. */
export function namesBeside(path: string): NameRejects {
  const { dir, name } = parse(path);
  return (number, ending) => (number === 1 ? path : join(dir, `${name}.${number}.${ending}`));
}

/** Names in a directory of the run. */
export function namesIn(directory: string): NameRejects {
  return (number, ending) =>
    join(directory, number === 1 ? `rejects.${ending}` : `rejects.${number}.${ending}`);
}

export interface ChooseOptions {
  name: NameRejects;
  /** Files of the resumed run. */
  resumed: LeftFiles | undefined;
  /** Files of earlier runs over the same rows, to which this run appends. */
  earlier: readonly LeftFiles[];
  /** Append to existing files. */
  append: boolean;
}

/**
 * The file of each kind, by id of the kind. Changes nothing. Throws a Failure `local` when an existing file cannot
 * be read.
 */
export async function chooseRejectsFiles(
  kinds: readonly RejectsKind[],
  options: ChooseOptions,
): Promise<ReadonlyMap<string, string>> {
  const chosen = new Map<string, string>();
  const wanted = new Map(kinds.map((kind) => [kind.id, kind]));
  const known = options.resumed?.rejectsKinds ?? {};
  const most = wanted.size + Object.keys(known).length;
  for (const { id, ending } of wanted.values()) {
    const names = Array.from({ length: most }, (_, index) => options.name(index + 1, ending));
    const own = names.find((path) => known[path] === id);
    if (own !== undefined) chosen.set(id, own);
  }
  for (const kind of wanted.values()) {
    for (let number = chosen.size + 1; !chosen.has(kind.id); number++) {
      const path = options.name(number, kind.ending);
      const isTaken = known[path] !== undefined || [...chosen.values()].includes(path);
      if (!isTaken && (await takes(path, kind, options))) chosen.set(kind.id, path);
    }
  }
  return chosen;
}

/** Whether rows of the kind may be written to the file, judging by records of earlier runs or by how it starts. */
async function takes(path: string, kind: RejectsKind, { earlier, append }: ChooseOptions): Promise<boolean> {
  for (const left of earlier) {
    const known = left.rejectsKinds?.[path];
    if (known !== undefined && (await isAsLeft(path, left))) return known === kind.id;
  }
  return !append || (await beginsWith(path, kind.preamble));
}

async function beginsWith(path: string, beginning: Uint8Array): Promise<boolean> {
  const output = await resolveRowOutput(path);
  const isEmpty = output.kind === 'stream' || (output.existing?.size ?? 0) === 0;
  if (isEmpty || beginning.length === 0) return true;
  return withFailureContext(`look at ${path}`, async () => {
    const handle = await open(output.path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(beginning.length), 0, beginning.length, 0);
      return buffer.subarray(0, bytesRead).equals(beginning);
    } finally {
      await handle.close();
    }
  });
}
