/**
 * The last lines of a terminal, redrawn in place while other output scrolls by above. The cursor stays
 * visible, so a killed process leaves no terminal to reset.
 */
import type { Output } from '../../machine.ts';
import type { Widths } from './width.ts';

/**
 * Everything up to the end marker appears at once, on terminals that support the mode ("Synchronized output",
 * 2021).
 */
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

  /**
   * Replaces the current lines by these. Lines that are too wide are cut, and lines that do not fit in height
   * are left out.
   */
  draw(lines: readonly string[]): void {
    if (this.#isOver) return;
    const erasure = this.#erasure();
    const { columns = 80, rows = 24 } = this.#stream;
    const { fitLine } = this.#widths;
    const fitting = lines.slice(0, Math.max(rows - 1, 1)).map((line) => fitLine(line, columns - 1));
    const frame = `${erasure}${fitting.join('\n')}`;
    this.#drawn = fitting;
    this.#stream.write(`${beginFrame}${frame}${endFrame}`);
  }

  /** Removes the lines, so that other output can take their place. */
  clear(): void {
    const erasure = this.#erasure();
    this.#drawn = [];
    if (erasure !== '') this.#stream.write(erasure);
  }

  /** Removes the lines for good. */
  end(): void {
    this.clear();
    this.#isOver = true;
  }

  /** A terminal that became narrower has wrapped the drawn lines into more rows. */
  #erasure(): string {
    this.#stream._refreshSize?.();
    if (this.#drawn.length === 0) return '';
    const columns = Math.max(this.#stream.columns ?? 80, 1);
    const rowsOf = (line: string) => Math.max(Math.ceil(this.#widths.widthOf(line) / columns), 1);
    const rows = this.#drawn.reduce((sum, line) => sum + rowsOf(line), 0);
    const up = rows > 1 ? `\u{1b}[${rows - 1}A` : '';
    return `\r${up}\u{1b}[J`;
  }
}
