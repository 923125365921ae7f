import { isObject } from '../wire/body.ts';
import { FAULT_KINDS, type Fault } from './plan.ts';

const NUMBERS = ['status', 'delayMs', 'afterBytes', 'times', 'skip', 'every'];
const TEXTS = ['vendor', 'route', 'body'];

/** Parses faults. Throws an Error that says what is wrong with which fault; unknown keys are errors too. */
export function parseFaults(value: unknown): Fault[] {
  if (!Array.isArray(value)) throw new Error('a JSON array of faults is expected');
  return value.map(parseFault);
}

function parseFault(value: unknown, index: number): Fault {
  const trouble = troubleOf(value);
  if (trouble !== undefined) throw new Error(`fault ${index + 1}: ${trouble}`);
  return value as Fault;
}

function troubleOf(value: unknown): string | undefined {
  if (!isObject(value)) return 'not an object';
  for (const [key, member] of Object.entries(value)) {
    const fits = fitsKey(key, member);
    if (fits === undefined) return `unknown key ${key}`;
    if (!fits) return `${key} does not fit`;
  }
  return value['kind'] === undefined ? `kind is one of ${FAULT_KINDS.join(', ')}` : undefined;
}

function fitsKey(key: string, member: unknown): boolean | undefined {
  if (NUMBERS.includes(key)) return typeof member === 'number';
  if (TEXTS.includes(key)) return typeof member === 'string';
  if (key === 'kind') return FAULT_KINDS.some((kind) => kind === member);
  if (key === 'at') return member === 'before' || member === 'after';
  if (key === 'headers') return isObject(member);
  return undefined;
}
