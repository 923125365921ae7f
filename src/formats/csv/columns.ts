/** Derives the shape of the objects that records become from the names in a header. */
import { stringify } from 'lossless-json';
import type { ArrangedCell } from '../../contracts/format.ts';
import { Failure } from '../../failure.ts';
import { stepsOf, type Step } from '../paths.ts';

/** A node of the object: a cell, a fixed value as JSON, an object, or a list, which may have gaps. */
export type ColumnNode =
  | { kind: 'cell'; column: number }
  | { kind: 'fixed'; text: Buffer }
  | { kind: 'object'; members: readonly ColumnMember[] }
  | { kind: 'list'; elements: readonly (ColumnNode | undefined)[] };

/** A member of an object. `prefix` is `,"key":`, and for a cell also the quote that opens its text. */
export interface ColumnMember {
  key: string;
  prefix: Buffer;
  node: ColumnNode;
}

/** A node under construction: taken by a cell, or with children. */
interface NodeDraft {
  taken?: ArrangedCell;
  parts: Map<Step, NodeDraft>;
}

/**
 * Builds the tree of an object from its columns. Throws a Failure `usage` when two columns have overlapping
 * paths.
 */
export function arrangeColumns(columns: readonly ArrangedCell[]): ColumnNode {
  const root: NodeDraft = { parts: new Map() };
  for (const arranged of columns) {
    const steps = stepsOf(arranged.path);
    const draft = steps.reduce((parent, step) => enter(parent, step, arranged.path), root);
    if (draft.taken !== undefined || draft.parts.size > 0) throw alreadyTaken(arranged.path);
    draft.taken = arranged;
  }
  return nodeOf(root);
}

function enter(parent: NodeDraft, step: Step, name: string): NodeDraft {
  const [sibling] = parent.parts.keys();
  const isMixed = sibling !== undefined && typeof sibling !== typeof step;
  if (parent.taken !== undefined || isMixed) throw alreadyTaken(name);
  const known = parent.parts.get(step);
  if (known !== undefined) return known;
  const draft: NodeDraft = { parts: new Map() };
  parent.parts.set(step, draft);
  return draft;
}

function alreadyTaken(name: string): Failure {
  return new Failure(
    'usage',
    `two columns are mapped to ${JSON.stringify(name)}, or one stands in the way of it`,
    {
      hint: "give one of them another name with --map or --header, or leave it out; the third column is '#3'",
    },
  );
}

function fixed(value: unknown): ColumnNode {
  return { kind: 'fixed', text: Buffer.from(stringify(value) ?? 'null') };
}

function nodeOf(draft: NodeDraft): ColumnNode {
  const { taken } = draft;
  if (taken !== undefined)
    return 'column' in taken ? { kind: 'cell', column: taken.column } : fixed(taken.value);
  const steps = [...draft.parts.keys()];
  if (typeof steps[0] !== 'number') {
    const members = [...draft.parts].map(([step, part]) => {
      const node = nodeOf(part);
      const quote = node.kind === 'cell' ? '"' : '';
      return { key: String(step), prefix: Buffer.from(`,${JSON.stringify(step)}:${quote}`), node };
    });
    return { kind: 'object', members };
  }
  const length = Math.max(...steps.map(Number)) + 1;
  const elements = Array.from({ length }, (_, index) => {
    const part = draft.parts.get(index);
    return part && nodeOf(part);
  });
  return { kind: 'list', elements };
}
