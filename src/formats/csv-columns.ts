/** From the names in a header to the shape of the objects that records become. */
import { Failure } from '../failure.ts';
import { stepsOf, type Step } from './paths.ts';

/** A place in the object: a cell, an object, or a list, which may have gaps. */
export type ColumnNode =
  | { kind: 'cell'; column: number }
  /** `prefix`: the key as JSON and its colon. */
  | { kind: 'object'; members: readonly { prefix: Buffer; node: ColumnNode }[] }
  | { kind: 'list'; elements: readonly (ColumnNode | undefined)[] };

/** A place while columns are still being added: a cell has a column, everything else has parts. */
interface Place {
  column?: number;
  parts: Map<Step, Place>;
}

/** Throws a Failure `usage` when two columns want the same place. */
export function arrangeColumns(names: readonly string[]): ColumnNode {
  const root: Place = { parts: new Map() };
  names.forEach((name, column) => {
    const place = stepsOf(name).reduce((parent, step) => enter(parent, step, name), root);
    if (place.column !== undefined || place.parts.size > 0) throw alreadyTaken(name);
    place.column = column;
  });
  return nodeOf(root);
}

function enter(parent: Place, step: Step, name: string): Place {
  const [sibling] = parent.parts.keys();
  const isMixed = sibling !== undefined && typeof sibling !== typeof step;
  if (parent.column !== undefined || isMixed) throw alreadyTaken(name);
  const known = parent.parts.get(step);
  if (known !== undefined) return known;
  const place: Place = { parts: new Map() };
  parent.parts.set(step, place);
  return place;
}

function alreadyTaken(name: string): Failure {
  return new Failure('usage', `the column ${JSON.stringify(name)} wants a place that another column has`, {
    hint: 'give the columns other names with --header',
  });
}

function nodeOf(place: Place): ColumnNode {
  if (place.column !== undefined) return { kind: 'cell', column: place.column };
  const steps = [...place.parts.keys()];
  if (typeof steps[0] !== 'number') {
    const members = [...place.parts].map(([step, part]) => {
      return { prefix: Buffer.from(`${JSON.stringify(step)}:`), node: nodeOf(part) };
    });
    return { kind: 'object', members };
  }
  const length = Math.max(...steps.map(Number)) + 1;
  const elements = Array.from({ length }, (_, index) => {
    const part = place.parts.get(index);
    return part && nodeOf(part);
  });
  return { kind: 'list', elements };
}
