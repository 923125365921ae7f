/** Reads the complete lists of packages and pixels of an owner. */
import { asObject } from '../../../json.ts';
import type { Retry } from '../../../records.ts';
import type { ScarfAccount } from '../account.ts';
import { readWholeList, type ListSource } from '../whole-list.ts';

export interface Artifact {
  id: string;
  name: string | undefined;
  /** Type of a package, such as `npm` or `docker`. */
  type: string | undefined;
}

export type ArtifactList = 'packages' | 'tracking-pixels';

/** Every artifact of the owner, or a retry. Throws a Failure when a request is refused. */
export async function listArtifacts(
  account: ScarfAccount,
  list: ArtifactList,
  signal: AbortSignal,
): Promise<{ kind: 'artifacts'; artifacts: Artifact[] } | Retry> {
  const artifacts: Artifact[] = [];
  const source: ListSource = {
    noun: list === 'packages' ? 'packages' : 'tracking pixels',
    path: ['v2', list, account.owner],
    rowsOf: (body) => {
      const rows = Array.isArray(body) ? body : asObject(body)?.['results'];
      return Array.isArray(rows) ? (rows as unknown[]) : undefined;
    },
    keyOf: (row) => readArtifact(row)?.id,
    nameOf: (row) => readArtifact(row)?.name,
  };
  const take = ({ fresh }: { fresh: readonly unknown[] }) => {
    for (const row of fresh) {
      const artifact = readArtifact(row);
      if (artifact !== undefined) artifacts.push(artifact);
    }
    return false;
  };
  const listed = await readWholeList(account, { source, take }, signal);
  return listed.kind === 'retry' ? listed : { kind: 'artifacts', artifacts };
}

/** The artifact in a reply; undefined when there is none. */
export function readArtifact(value: unknown): Artifact | undefined {
  const { id, name, type } = asObject(value) ?? {};
  if (typeof id !== 'string') return undefined;
  return {
    id,
    name: typeof name === 'string' ? name : undefined,
    type: typeof type === 'string' ? type : undefined,
  };
}
