/** The width of text in terminal columns: wide characters take two, combining characters none. */

/** Cuts a line that is wider than `columns`; see `loadFitLine`. */
export type FitLine = (line: string, columns: number) => string;

/** Measures and cuts text. */
export interface Widths {
  /** The columns that a text takes; colour codes take none. */
  widthOf: (text: string) => number;
  fitLine: FitLine;
}

/** Loads the measuring library. */
export async function loadWidths(): Promise<Widths> {
  const { default: widthOf } = await import('string-width');
  return { widthOf: (text) => widthOf(text), fitLine: await loadFitLine() };
}

const ESCAPE_CODE = /(\u{1b}\[[0-9;]*m)/u;

/**
 * Loads the measuring library and returns a function that shortens a line to `columns`. It cuts between
 * graphemes, never inside a wide character or an emoji sequence, ends a cut line with `…`, and keeps colour
 * codes, so that no colour continues after the cut. @internal
 */
export async function loadFitLine(): Promise<FitLine> {
  const { default: widthOf } = await import('string-width');
  const graphemes = new Intl.Segmenter();
  /** The longest beginning of the text that fits in `columns`. */
  const beginning = (text: string, columns: number): string => {
    let left = columns;
    let fitted = '';
    for (const { segment } of graphemes.segment(text)) {
      left -= widthOf(segment);
      if (left < 0) break;
      fitted += segment;
    }
    return fitted;
  };
  return (line, columns) => {
    if (widthOf(line) <= columns) return line;
    let left: number | undefined = Math.max(columns - 1, 0);
    const parts = line.split(ESCAPE_CODE).map((part) => {
      if (ESCAPE_CODE.test(part)) return part;
      if (left === undefined) return '';
      const fitted = beginning(part, left);
      left = fitted === part ? left - widthOf(part) : undefined;
      return left === undefined ? `${fitted}…` : fitted;
    });
    return parts.join('');
  };
}
