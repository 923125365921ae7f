/** What a person sees while a command runs, on a real pseudo-terminal. */
import { describe, expect, test } from 'vitest';
import { canPlay, CTRL_C, play } from './scene.ts';

const now = new Date().toISOString();
const rows = (count: number) =>
  Array.from({ length: count }, (_, row) => `{"$time":"${now}","$package":"p","$unique_id":"${row}"}\n`).join(
    '',
  );
const files = { 'ev.ndjson': rows(2_000) };
const inSandbox = (sandbox: string, command: string) => `scarf-cli sandbox exec ${sandbox} -- ${command}`;
const shown = (frames: readonly string[], text: RegExp) => frames.some((frame) => text.test(frame));

describe.skipIf(!canPlay)('on a terminal', () => {
  test('an import has phases, and Ctrl-C leaves its ids once and the way to go on', async () => {
    const line = inSandbox('--job 60s', 'scarf-cli import ev.ndjson --chunk-size 50KiB');
    const cues = [{ when: /Scarf is processing: \d+ of \d+ imports left/, press: CTRL_C }];
    const { code, screen, frames } = await play({ columns: 80, line, files, cues });
    expect(code).toBe(130);
    expect(shown(frames, /ev\.ndjson {2}Scarf is processing/)).toBe(true);
    expect(shown(frames, /99 %/)).toBe(false);
    expect(screen).toContain('Stopped by Ctrl-C; Scarf is still processing');
    const run = /run it again to go on: (\S+)/.exec(screen)?.[1] ?? '';
    expect(run).toMatch(/^\d{8}T/);
    expect(screen.split(run)).toHaveLength(2);
    expect(screen).not.toMatch(/ left\b/);
    const [id = ''] = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/.exec(screen) ?? [];
    expect(screen.split(id)).toHaveLength(2);
  });

  test('an import says why it waits, and so does its end', async () => {
    const line = inSandbox('--foreign-active 15', 'scarf-cli import ev.ndjson');
    const waiting = /ev\.ndjson {2}the account runs 15 imports, none of them ours; waiting/;
    const cues = [{ when: waiting, press: CTRL_C }];
    const { code, screen } = await play({ columns: 100, line, files, cues });
    expect(code).toBe(130);
    expect(screen).toContain(
      'Stopped by Ctrl-C while waiting: the account runs 15 imports, none of them ours',
    );
    expect(screen).toContain('run it again to go on: ');
  });

  test('what -v says stays above the live block, line by line', async () => {
    const line = inSandbox('--job 60s', 'scarf-cli import ev.ndjson --chunk-size 50KiB -v');
    const cues = [{ when: /Scarf is processing: \d+ of \d+ imports left/, press: CTRL_C }];
    const { code, screen, frames } = await play({ columns: 160, rows: 60, line, files, cues });
    expect(code).toBe(130);
    const requests = screen.split('\n').filter((text) => /\b(GET|POST) http:/.test(text));
    expect(requests.length).toBeGreaterThan(3);
    expect(requests.filter((text) => !/^\S+ +.*(GET|POST) http:\S+ 2\d\d\b/.test(text))).toEqual([]);
    const last = frames.findLast((frame) => frame.includes('Scarf is processing')) ?? '';
    expect(last.slice(last.indexOf('Scarf is processing'))).not.toMatch(/\b(GET|POST) http:/);
    expect(screen).not.toContain('Scarf is processing:');
  });

  test.each([
    [80, 30],
    [30, 200],
  ])('a window that goes from %i to %i columns in the middle leaves nothing behind', async (from, to) => {
    const line = inSandbox('--job 60s', 'scarf-cli import ev.ndjson --chunk-size 50KiB');
    const cues = [
      { when: /Scarf is/, columns: to },
      { when: /Scarf is/, press: CTRL_C },
    ];
    const { screen, frames } = await play({ columns: from, line, files, cues });
    // Between the terminal's own reflow and our next drawing an old line may stand for a moment; it must not stay.
    expect(shown(frames, /Scarf is/)).toBe(true);
    expect(screen.split('ev.ndjson').length).toBeLessThanOrEqual(2);
    expect(screen).not.toMatch(/Scarf is proc[^\n]*elapsed/);
    expect(screen.replaceAll(/\s/g, '')).toContain('runitagaintogoon:');
  });

  test('an export has a bar, windows, rows and the time gone', async () => {
    const command =
      'scarf-cli export events --from 2026-01-01 --to 2026-01-07 --window 1d --concurrency 1 --output out.csv';
    const { code, frames, screen } = await play({ columns: 100, line: inSandbox('', command) });
    expect(code).toBe(0);
    expect(shown(frames, /events {2}━+ \d+ of 7 windows/)).toBe(true);
    expect(shown(frames, /\d+ rows?.* elapsed/)).toBe(true);
    expect(screen).toContain('export of');
  });

  test('names of files and rows cannot steer the terminal', async () => {
    const evil = 'ev\u001b[2J\u009b31m.ndjson';
    const line = inSandbox('', `scarf-cli check ev*.ndjson --show 2 --rejects -`);
    const content = `${rows(1)}{"$time":"${now}","$package":"\u009b2J\u202e"}\nno\u001b[2Jrow\u009b5m\n`;
    const { raw, screen } = await play({ columns: 100, line, files: { [evil]: content } });
    expect(screen).toContain('2 rows are valid; 1 would be rejected; it would take 1 import');
    const ours = /\u001b(\[\d*(;\d+)*[mAKJ]|\[\?2026[hl])/g;
    expect(raw).not.toContain('\u001b[2J');
    expect(raw.replaceAll(ours, '')).not.toMatch(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e]/,
    );
  });

  test('aggregates have only the columns that say something; a file has all', async () => {
    const command = 'scarf-cli export aggregates --from 2026-11-01 --to 2026-11-03';
    const scene = { columns: 200, rows: 60, line: inSandbox('', command) };
    const { screen } = await play(scene);
    const header = screen.split('\n').find((line) => line.includes(',')) ?? '';
    expect(header.split(',').length).toBeGreaterThan(1);
    const inFile = await play({ ...scene, line: `${scene.line} --output a.csv --quiet; head -1 a.csv` });
    expect(inFile.screen.split(',').length).toBeGreaterThan(header.split(',').length);
  });
});
