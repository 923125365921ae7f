/** Sends rows of a stream after a limited time, even when their chunk is not full. */
import type { Block } from '../../records.ts';

/** When a chunk that is not full is sent. */
export interface Flush {
  /** Resolves once rows that arrive now have waited long enough and a slot is free. Rejects when aborted. */
  due(signal: AbortSignal): Promise<void>;
}

/**
 * Yields the blocks as they arrive and, in between, `due` when the blocks before it must be sent. Reads nothing
 * ahead. Leaving the iteration does not wait for a silent source.
 */
export async function* blocksOrDue(
  blocks: AsyncIterable<Block>,
  flush: Flush,
): AsyncGenerator<Block | 'due'> {
  const source = blocks[Symbol.asyncIterator]();
  const left = new AbortController();
  let next = source.next();
  let due: Promise<'due'> | undefined;
  try {
    for (;;) {
      const came = await (due === undefined ? next : Promise.race([next, due]));
      if (came === 'due') {
        due = undefined;
        yield came;
        continue;
      }
      if (came.done === true) return;
      due ??= dueOf(flush, left.signal);
      yield came.value;
      next = source.next();
    }
  } finally {
    left.abort();
    next.catch(() => undefined);
    source.return?.().catch(() => undefined);
  }
}

/** Never rejects; once aborted it stays pending. */
function dueOf(flush: Flush, signal: AbortSignal): Promise<'due'> {
  return new Promise((resolve) => {
    flush.due(signal).then(
      () => resolve('due'),
      () => undefined,
    );
  });
}
