/** Which part of a delivery or export a process takes: `2/8`, or what the engine says that runs it. */
import { Failure } from '../failure.ts';
import { ENGINES, type PartNumber } from './engines.ts';

/** One of `of` parts; `index` counts from 0. */
export interface Shard {
  index: number;
  of: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const maxParts = 1_000_000;

/** Checks the text of `--shard`: `i/n`, `auto` or `auto/n`. Throws an Error with a sentence about it. */
export function checkShardText(text: string): string {
  readText(text);
  return text;
}

/**
 * The part that the text names. `auto` is looked up in the variables of the engines; throws a Failure `usage` when
 * none is set, when they contradict each other, or when the number of parts is not known.
 */
export function resolveShard(text: string, environment: Environment): Shard {
  const { index, of } = readText(text);
  if (index !== undefined && of !== undefined) return { index, of };
  return shardOfEngine(of, environment);
}

/** `2/8` */
export function shardText({ index, of }: Shard): string {
  return `${index}/${of}`;
}

/** Without an index: `auto`. */
function readText(text: string): Partial<Shard> {
  if (text === 'auto') return {};
  const [, first = '', total = ''] = /^(auto|\d{1,7})\/(\d{1,7})$/.exec(text) ?? [];
  if (first === '') throw new Error(`"${text}" is none of i/n (such as 0/8), auto, auto/n`);
  const of = Number(total);
  if (of < 1 || of > maxParts) throw new Error(`"${text}": there can be 1 to ${maxParts} parts`);
  if (first === 'auto') return { of };
  const index = Number(first);
  if (index >= of) throw new Error(`"${text}": parts count from 0, the last of ${of} is ${of - 1}/${of}`);
  return { index, of };
}

function shardOfEngine(given: number | undefined, environment: Environment): Shard {
  const found = ENGINES.flatMap((engine) => {
    const partNumber = engine.partNumber(environment, given);
    return partNumber === undefined ? [] : [{ engine, ...partNumber }];
  });
  const [first, ...others] = found;
  if (first === undefined) {
    throw new Failure('usage', '--shard auto: no engine says which part this is', {
      hint: `name it (--shard 0/8), or run it where one of these is set: ${ENGINES.map(({ index }) => index).join(', ')}`,
    });
  }
  for (const other of others) {
    if (other.index === first.index && (other.of ?? given) === (first.of ?? given)) continue;
    throw new Failure(
      'usage',
      `--shard auto: ${first.engine.index} and ${other.engine.index} name different parts`,
      { hint: `name the part: --shard "$${first.engine.index}/8" or the like` },
    );
  }
  return { index: first.index, of: totalOf(first, given) };
}

function totalOf(found: PartNumber & { engine: { index: string } }, given: number | undefined): number {
  const of = given ?? found.of;
  const { index } = found.engine;
  if (of === undefined) {
    throw new Failure('usage', `--shard auto: ${index} does not say how many parts there are`, {
      hint: found.whyNoTotal ?? 'say it: --shard auto/8',
    });
  }
  if (given !== undefined && found.of !== undefined && found.of !== given) {
    throw new Failure('usage', `--shard auto/${given}: the engine runs ${found.of} parts`);
  }
  if (found.index >= of) {
    throw new Failure('usage', `--shard auto: ${index} names part ${found.index}, but there are ${of}`, {
      hint: `parts count from 0, the last is ${of - 1}; give the number of all parts, not of those that run again`,
    });
  }
  return of;
}
