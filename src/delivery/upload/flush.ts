/** What has come of a stream does not wait for a full chunk for longer than was said. */
import type { Block } from '../../records.ts';

/** When a chunk that is not full yet goes out. */
export interface Flush {
  /** Resolves once rows that come now have waited long enough, and there is room to send them. Rejects when it is aborted. */
  due(signal: AbortSignal): Promise<void>;
}

/**
 * The blocks as they come and, in between, `due`: what came before it is to be sent. Nothing is read ahead. A source that
 * is silent when the iteration is left is not waited for.
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

/** Never rejects: what is aborted is waited for by nobody. */
function dueOf(flush: Flush, signal: AbortSignal): Promise<'due'> {
  return new Promise((resolve) => {
    flush.due(signal).then(
      () => resolve('due'),
      () => undefined,
    );
  });
}
