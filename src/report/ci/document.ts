/** The parts of a run's JSON document that reports for continuous integration use. */
import { isAbsolute, relative, resolve } from 'node:path';

export interface CiDocument {
  command: string;
  run?: string | null;
  counts: Readonly<Record<string, number>>;
  inputs?: readonly { path: string; rows: number }[];
  rejects?: {
    path?: string | null;
    rows: number;
    reasons?: readonly CiReason[];
  };
  errors: readonly { kind: string; message: string; hint?: string }[];
  durationMs: number;
  exit: number;
}

export interface CiReason {
  reason: string;
  message: string;
  rows: number;
  places: readonly { path: string; line: number; column?: number; message?: string }[];
}

/** One rejected row's place and reason. */
export interface Finding {
  path: string;
  line: number;
  column?: number;
  reason: string;
  message: string;
}

/**
 * The places that a document names, in order. Rows that an earlier run rejected have no places and form one
 * finding.
 */
export function findingsOf({ rejects }: CiDocument): Finding[] {
  const reasons = rejects?.reasons ?? [];
  const named = reasons.flatMap(({ reason, message, places }) =>
    places.map((place) => ({ message, ...place, reason })),
  );
  const earlier = (rejects?.rows ?? 0) - reasons.reduce((sum, { rows }) => sum + rows, 0);
  if (earlier <= 0) return named;
  const message = `${earlier} rejected ${earlier === 1 ? 'row' : 'rows'} of an earlier run`;
  return [...named, { path: rejects?.path ?? '.', line: 1, reason: 'rejected-earlier', message }];
}

/** A path relative to the repository's root when it is inside; else unchanged. */
export function repositoryPath(path: string, root: string | undefined, workingDirectory: string): string {
  if (root === undefined || root === '' || path === '-') return path;
  const below = relative(root, resolve(workingDirectory, path));
  return below === '' || below.startsWith('..') || isAbsolute(below) ? path : below;
}
