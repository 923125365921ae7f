import { describe, expect, test } from 'vitest';
import { canPlay, play } from './scene.ts';

const now = new Date().toISOString();
const rows = (count: number) =>
  Array.from({ length: count }, (_, row) => `{"$time":"${now}","$pixel":"p","$unique_id":"${row}"}\n`).join(
    '',
  );
const files = { 'ev.ndjson': `${rows(500)}no row\n` };

/** A command against a sandbox of its own. */
const against = (sandbox: string, command: string) =>
  `scarf-cli sandbox exec ${sandbox} -- sh -c '${command}'`;

const colours = /\u001b\[[\d;]*m/g;

describe.skipIf(!canPlay)('an import on a terminal ends whole and readable', () => {
  test.each([
    ['20 columns', 20, {}, true],
    ['80 columns', 80, {}, true],
    ['200 columns', 200, {}, true],
    ['a dumb terminal', 80, { TERM: 'dumb' }, false],
    ['NO_COLOR', 80, { NO_COLOR: '1' }, false],
    ['CLICOLOR=0', 80, { CLICOLOR: '0' }, false],
    ['FORCE_COLOR on a dumb terminal', 80, { TERM: 'dumb', FORCE_COLOR: '1' }, true],
  ])('%s', async (_, columns, environment: Record<string, string>, hasColours) => {
    const line = against('', 'scarf-cli import ev.ndjson');
    const { code, screen, raw } = await play({ columns, line, files, environment });
    expect(raw).not.toContain('\u{fffd}');
    expect(screen.replaceAll(/\s/g, '')).toContain('read501=accepted500+rejected1');
    expect(raw.replaceAll(colours, '').includes('\u001b[')).toBe(environment['TERM'] !== 'dumb');
    expect((raw.match(colours) ?? []).length > 0).toBe(hasColours);
    expect(code).toBe(3);
  });
});
