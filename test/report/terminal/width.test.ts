import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it, test } from 'vitest';
import { realMachine } from '../../../src/real-machine.ts';
import { createDisplay } from '../../../src/report/display.ts';
import { loadFitLine } from '../../../src/report/terminal/width.ts';
import { propertyRuns } from '../../property-runs.ts';

const fitLine = await loadFitLine();
const graphemesOf = (text: string) => [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);

const family = '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}';
const acute = 'e\u0301';

describe('a line is cut between graphemes, and is never wider than the terminal', () => {
  it.each([
    ['plain text that fits', 'events.ndjson', 20, 'events.ndjson'],
    ['plain text', 'a'.repeat(30), 20, `${'a'.repeat(19)}…`],
    ['wide characters that fit', '日本語', 20, '日本語'],
    ['wide characters: half of one is left over', '日'.repeat(15), 20, `${'日'.repeat(9)}…`],
    ['wide characters on 80 columns', '日'.repeat(50), 80, `${'日'.repeat(39)}…`],
    ['one wide character behind a narrow one', `a${'日'.repeat(15)}`, 20, `a${'日'.repeat(9)}…`],
    ['an emoji of several characters', family.repeat(15), 20, `${family.repeat(9)}…`],
    ['an emoji of several characters on 80 columns', family.repeat(50), 80, `${family.repeat(39)}…`],
    ['combining accents', acute.repeat(30), 20, `${acute.repeat(19)}…`],
    ['combining accents that fit', acute.repeat(20), 20, acute.repeat(20)],
    ['no room for anything', '日本', 1, '…'],
    [
      'the ends of colours',
      `\u001b[36m${'日'.repeat(15)}\u001b[39m`,
      20,
      `\u001b[36m${'日'.repeat(9)}…\u001b[39m`,
    ],
    [
      'two colours',
      `\u001b[1m${'a'.repeat(25)}\u001b[22m\u001b[2mb\u001b[22m`,
      20,
      `\u001b[1m${'a'.repeat(19)}…\u001b[22m\u001b[2m\u001b[22m`,
    ],
    [
      'a colour that fits to the last column',
      `\u001b[1m${'a'.repeat(19)}\u001b[22mbc`,
      20,
      `\u001b[1m${'a'.repeat(19)}\u001b[22m…`,
    ],
  ])('%s', (_name, line, columns, expected) => {
    expect(fitLine(line, columns)).toBe(expected);
  });

  it('whatever the text', () => {
    const piece = fc.constantFrom('a', '日', family, acute, '한', '🇩🇪', '…', ' ', '\u001b[36m', '\u001b[39m');
    fc.assert(
      fc.property(fc.array(piece), fc.integer({ min: 1, max: 80 }), (pieces, columns) => {
        const line = pieces.join('');
        const fitted = fitLine(line, columns);
        expect(stringWidth(fitted)).toBeLessThanOrEqual(columns);
        if (stringWidth(line) <= columns) expect(fitted).toBe(line);
        const plain = (text: string) => graphemesOf(text.replaceAll(/\u001b\[\d+m/g, ''));
        const kept = plain(fitted);
        if (fitted !== line) expect(kept.pop()).toBe('…');
        expect(plain(line).slice(0, kept.length)).toEqual(kept);
      }),
      propertyRuns(200),
    );
  });
});

/** What a display that redraws writes while its one line is `line`. */
async function drawn(line: string, columns: number): Promise<string> {
  let text = '';
  const stderr = Object.assign(new PassThrough(), {
    isTTY: true,
    columns,
    clearLine: () => true,
    cursorTo: () => true,
    moveCursor: () => true,
  });
  stderr.on('data', (bytes: Buffer) => (text += bytes.toString()));
  const machine = { ...realMachine(), stderr, environment: { TERM: 'xterm' } };
  const showing = { sentencesFor: () => [], line: () => line, block: () => [line, `  ${line}`] };
  const display = await createDisplay(machine, showing, { mode: 'auto', quiet: false, color: true });
  display.end();
  return text;
}

test.each([
  [20, 'wide', '日本語の長い名前'.repeat(10)],
  [80, 'wide', '日本語の長い名前'.repeat(10)],
  [20, 'emoji', family.repeat(50)],
  [80, 'emoji', family.repeat(50)],
  [20, 'combining', acute.repeat(100)],
  [80, 'combining', acute.repeat(100)],
])('on %i columns no line of the live block is wider: %s', async (columns, _kind, line) => {
  const text = await drawn(line, columns);
  expect(text).toContain('…');
  for (const written of text.replaceAll(/\u001b\[[\d;?]*[a-zA-Z]/g, '').split(/[\r\n]/))
    expect(stringWidth(written)).toBeLessThan(columns);
});
