/** `imports watch` on a real pseudo-terminal. */
import { describe, expect, test } from 'vitest';
import { canPlay, CTRL_C, play, type Scene } from './scene.ts';

const line = 'scarf-cli sandbox exec --foreign-active 2 --quiet -- scarf-cli imports watch';
const isThere = /sandbox: 2 of 15 slots taken[^]*q leaves/;
const watching = (scene: Partial<Scene> = {}) => play({ columns: 80, line, ...scene });

describe.skipIf(!canPlay)('a watch on a terminal', () => {
  test('is drawn in place, and q leaves without an enter key', async () => {
    const { code, screen, frames } = await watching({ cues: [{ when: isThere, press: 'q' }] });
    expect(code).toBe(0);
    expect(frames.some((frame) => isThere.test(frame))).toBe(true);
    const [head, header, ...rows] = screen.split('\n');
    expect(head).toBe('sandbox: 2 of 15 slots taken · 0 of 2,000 events');
    expect(header).toMatch(/^IMPORT +STATUS +EVENTS +IMPORTED +FAILED/);
    expect(rows).toHaveLength(2);
    expect(screen).not.toContain('q leaves');
  });

  test('ends with 130 on Ctrl-C, and the terminal is as it was', async () => {
    const { code, screen } = await watching({
      line: `${line}; code=$?; stty -a | grep -o -- '-\\?icanon\\|-\\?isig' | tr '\\n' ' '; exit $code`,
      cues: [{ when: isThere, press: CTRL_C }],
    });
    expect(code).toBe(130);
    expect(screen).toContain('stopped by SIGINT');
    expect(screen.trimEnd()).toMatch(/(^|\n)(isig icanon|icanon isig)$/);
  });

  test.each([
    [120, 50, /IMPORT +STATUS(?![^\n]*CREATED)/],
    [50, 120, /CREATED/],
  ])('a window that goes from %i to %i columns leaves nothing behind', async (columns, width, redrawn) => {
    const { code, screen } = await watching({
      columns,
      cues: [
        { when: /slots taken[^]*q leaves/, columns: width },
        { when: redrawn, press: 'q' },
      ],
    });
    expect(code).toBe(0);
    expect(screen.match(/slots taken/g)).toHaveLength(1);
    expect(screen.match(/STATUS/g)).toHaveLength(1);
  });

  test.each([
    ['a dumb terminal', 'dumb', {}, CTRL_C],
    ['no colours', 'xterm', { NO_COLOR: '1' }, 'q'],
  ])('needs neither movement nor colour: %s', async (_name, TERM, more, press) => {
    const { screen, raw } = await watching({
      environment: { TERM, ...more },
      cues: [{ when: /slots taken[^]*importing/, press }],
    });
    expect(screen).toContain('sandbox: 2 of 15 slots taken');
    expect(raw).not.toMatch(/\u001b\[\d+m/);
  });
});
