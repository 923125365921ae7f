import { isObject } from '../wire/body.ts';
import { FAULT_KINDS, type Fault } from './plan.ts';

/** The range of each number. Node.js sends no status above 999, and one below 200 does not end a reply. */
const NUMBERS: Readonly<Record<string, readonly [number, number]>> = {
  status: [200, 999],
  delayMs: [0, 2 ** 31 - 1],
  afterBytes: [0, Number.MAX_SAFE_INTEGER],
  times: [0, Number.MAX_SAFE_INTEGER],
  skip: [0, Number.MAX_SAFE_INTEGER],
  every: [1, Number.MAX_SAFE_INTEGER],
};
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
    if (!fits) return `${key} ${wanted(key)}`;
  }
  return value['kind'] === undefined ? `kind is one of ${FAULT_KINDS.join(', ')}` : undefined;
}

function fitsKey(key: string, member: unknown): boolean | undefined {
  const [least, greatest] = NUMBERS[key] ?? [];
  if (least !== undefined && greatest !== undefined)
    return Number.isInteger(member) && Number(member) >= least && Number(member) <= greatest;
  if (TEXTS.includes(key)) return typeof member === 'string';
  if (key === 'kind') return FAULT_KINDS.some((kind) => kind === member);
  if (key === 'at') return member === 'before' || member === 'after';
  if (key === 'headers') return isObject(member);
  return undefined;
}

function wanted(key: string): string {
  const [least, greatest] = NUMBERS[key] ?? [];
  return least === undefined ? 'does not fit' : `is a whole number from ${least} to ${greatest}`;
}
