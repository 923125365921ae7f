/**
 * Reads and writes values by JSON path. Keys are data, whatever their name: `__proto__` and `constructor` are
 * read only where the row itself has them, and written like any other key.
 */
import type { Step } from '../../formats/paths.ts';
import { isLongNumber } from '../json/values.ts';

type Container = Record<string, unknown> | unknown[];

/** The value at a path, or undefined where there is none. */
export function valueAt(row: Record<string, unknown>, steps: readonly Step[]): unknown {
  let value: unknown = row;
  for (const step of steps) {
    if (!isContainer(value) || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<Step, unknown>)[step];
  }
  return value;
}

/** Sets the value at a path. Replaces anything on the way that is neither an object nor a list. */
export function setAt(row: Record<string, unknown>, steps: readonly Step[], value: unknown): void {
  let container: Container = row;
  steps.forEach((step, depth) => {
    const next = steps[depth + 1];
    if (next === undefined) {
      put(container, step, value);
      return;
    }
    const known: unknown = Object.hasOwn(container, step)
      ? (container as Record<Step, unknown>)[step]
      : undefined;
    const fits = isContainer(known) && (Array.isArray(known) || typeof next === 'string');
    const inner: Container = fits ? known : typeof next === 'number' ? [] : {};
    if (!fits) put(container, step, inner);
    container = inner;
  });
}

/**
 * Removes a value, and the objects and lists that become empty. An element of a list becomes null instead, so
 * that the others keep their positions.
 */
export function removeAt(row: Record<string, unknown>, steps: readonly Step[]): void {
  const parentSteps = steps.slice(0, -1);
  const parent = valueAt(row, parentSteps);
  const last = steps.at(-1);
  if (last === undefined || !isContainer(parent) || !Object.hasOwn(parent, last)) return;
  if (Array.isArray(parent)) parent[Number(last)] = null;
  else Reflect.deleteProperty(parent, last);
  if (parentSteps.length > 0 && isEmpty(parent)) removeAt(row, parentSteps);
}

/** A deep copy, so that changes to it do not affect the original. */
export function copyOf(value: unknown): unknown {
  if (!isContainer(value)) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) put(copy, key, copyOf(value[key]));
  return copy;
}

/** Sets a value as `JSON.parse` would, `__proto__` included. Fills gaps in a list with null. */
function put(container: Container, step: Step, value: unknown): void {
  if (Array.isArray(container)) {
    while (container.length < Number(step)) container.push(null);
    container[Number(step)] = value;
    return;
  }
  Object.defineProperty(container, step, { value, writable: true, enumerable: true, configurable: true });
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null && !isLongNumber(value);
}

function isEmpty(container: Container): boolean {
  return Array.isArray(container)
    ? container.every((element) => element === null)
    : Object.keys(container).length === 0;
}
