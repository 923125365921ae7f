/** Counts the rows of an export on their way into its sink, for those who want to see what they hold. */
import { Analyser } from '../../../analysis/analyser.ts';
import type { Analysis } from '../../../analysis/analysis.ts';
import type { Sink } from '../../../contracts/sink.ts';
import type { Partition, PulledWindow } from '../../../contracts/window.ts';

export class RowsAnalysis {
  readonly #analyser = new Analyser();
  readonly #onProblem: (error: unknown) => void;
  #isOver = false;

  /** `onProblem` is called once, with what keeps rows from being counted; the export goes on without. */
  constructor(onProblem: (error: unknown) => void) {
    this.#onProblem = onProblem;
  }

  /** The same sink; the rows of each window are counted before it is committed. */
  over(sink: Sink): Sink {
    const commit: Sink['commit'] = async (window, prefetched) => {
      // A sink may move the rows away as it commits them.
      await this.#take(window);
      return sink.commit(window, prefetched);
    };
    // All else is the sink's own, also what a sink need not have.
    return new Proxy(sink, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (name === 'commit') return commit;
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
  }

  /** What was counted; undefined when that is not all. Called once, at the end. */
  finish(): Analysis | undefined {
    return this.#isOver ? undefined : this.#analyser.finish();
  }

  async #take({ partitions }: PulledWindow): Promise<void> {
    if (this.#isOver) return;
    try {
      for (const partition of partitions) if (partition.rows > 0) await this.#feed(partition);
    } catch (error) {
      this.#isOver = true;
      this.#onProblem(error);
    }
  }

  async #feed(partition: Partition): Promise<void> {
    const feed = this.#analyser.feed('the export');
    for await (const bytes of partition.read(0)) feed.take(bytes);
    feed.end();
  }
}
