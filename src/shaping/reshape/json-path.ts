/**
 * Values at places in a row. Keys are data, whatever they are called: `__proto__` and `constructor` are read only
 * where the row has them itself, and written as keys like any other.
 */
import type { Step } from '../../formats/paths.ts';
import { isLongNumber } from '../json/values.ts';

type Container = Record<string, unknown> | unknown[];

/** The value at a place, or undefined where there is none. */
export function valueAt(row: Record<string, unknown>, steps: readonly Step[]): unknown {
  let value: unknown = row;
  for (const step of steps) {
    if (!isContainer(value) || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<Step, unknown>)[step];
  }
  return value;
}

/** Puts a value at a place. What stands in the way and is neither object nor list gives way. */
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

/** Takes a value out, and with it the objects and lists that it leaves empty. */
export function removeAt(row: Record<string, unknown>, steps: readonly Step[]): void {
  const parentSteps = steps.slice(0, -1);
  const parent = valueAt(row, parentSteps);
  const last = steps.at(-1);
  if (last === undefined || !isContainer(parent) || !Object.hasOwn(parent, last)) return;
  if (Array.isArray(parent)) parent[Number(last)] = null;
  else Reflect.deleteProperty(parent, last);
  if (parentSteps.length > 0 && isEmpty(parent)) removeAt(row, parentSteps);
}

/** A value of its own, so that changes to it are not seen where the first one stands. */
export function copyOf(value: unknown): unknown {
  if (!isContainer(value)) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) put(copy, key, copyOf(value[key]));
  return copy;
}

/** As `JSON.parse` would have set it: also for `__proto__`, and in a list with no gaps. */
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
