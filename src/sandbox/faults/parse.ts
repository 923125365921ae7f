import { isObject } from '../wire/body.ts';
import { Refusal, textReply } from '../wire/reply.ts';
import { FAULT_KINDS, type Fault } from './plan.ts';

const NUMBERS = ['status', 'delayMs', 'afterBytes', 'times', 'skip', 'every'];
const TEXTS = ['vendor', 'route', 'body'];

/** Checks the faults that the admin endpoint was sent; a misspelt fault is refused, not ignored. */
export function parseFaults(value: unknown): Fault[] {
  if (!Array.isArray(value)) throw new Refusal(textReply(400, 'A JSON array of faults is expected.'));
  return value.map(parseFault);
}

function parseFault(value: unknown, index: number): Fault {
  const refuse = (reason: string): Refusal => new Refusal(textReply(400, `Fault ${index + 1}: ${reason}.`));
  if (!isObject(value)) throw refuse('not an object');
  for (const [key, member] of Object.entries(value)) {
    const fits = fitsKey(key, member);
    if (fits === undefined) throw refuse(`unknown key ${key}`);
    if (!fits) throw refuse(`${key} does not fit`);
  }
  if (value['kind'] === undefined) throw refuse(`kind is one of ${FAULT_KINDS.join(', ')}`);
  return value as unknown as Fault;
}

function fitsKey(key: string, member: unknown): boolean | undefined {
  if (NUMBERS.includes(key)) return typeof member === 'number';
  if (TEXTS.includes(key)) return typeof member === 'string';
  if (key === 'kind') return FAULT_KINDS.some((kind) => kind === member);
  if (key === 'at') return member === 'before' || member === 'after';
  if (key === 'headers') return isObject(member);
  return undefined;
}
