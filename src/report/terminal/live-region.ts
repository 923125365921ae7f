/**
 * The last lines of a terminal, drawn again and again, while everything else scrolls by above them. The cursor stays
 * visible, so that a process that is killed leaves nothing behind that a terminal would have to be reset for.
 */
import type { Output } from '../../machine.ts';
import type { Widths } from './width.ts';

/** What is between them appears at once, on terminals that know the mode ("Synchronized output", 2021). */
const beginFrame = '\u{1b}[?2026h';
const endFrame = '\u{1b}[?2026l';

export class LiveRegion {
  readonly #stream: Output;
  readonly #widths: Widths;
  #drawn: readonly string[] = [];
  #isOver = false;

  constructor(stream: Output, widths: Widths) {
    this.#stream = stream;
    this.#widths = widths;
  }

  /** Puts these lines in the place of those that are there. What is too wide is cut, what is too high left out. */
  draw(lines: readonly string[]): void {
    if (this.#isOver) return;
    const { columns = 80, rows = 24 } = this.#stream;
    const { fitLine } = this.#widths;
    const fitting = lines.slice(0, Math.max(rows - 1, 1)).map((line) => fitLine(line, columns - 1));
    const frame = `${this.#erasure()}${fitting.join('\n')}`;
    this.#drawn = fitting;
    this.#stream.write(`${beginFrame}${frame}${endFrame}`);
  }

  /** Takes the lines away, so that something else can be written in their place. */
  clear(): void {
    const erasure = this.#erasure();
    this.#drawn = [];
    if (erasure !== '') this.#stream.write(erasure);
  }

  /** Takes the lines away, for good. */
  end(): void {
    this.clear();
    this.#isOver = true;
  }

  /** A terminal that became narrower has broken the lines that were drawn into several of its own. */
  #erasure(): string {
    if (this.#drawn.length === 0) return '';
    const columns = Math.max(this.#stream.columns ?? 80, 1);
    const rowsOf = (line: string) => Math.max(Math.ceil(this.#widths.widthOf(line) / columns), 1);
    const rows = this.#drawn.reduce((sum, line) => sum + rowsOf(line), 0);
    const up = rows > 1 ? `\u{1b}[${rows - 1}A` : '';
    return `\r${up}\u{1b}[J`;
  }
}
