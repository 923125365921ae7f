/** docs/tour.md shows what a terminal shows; `npm run tour` writes it. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { canPlay } from '../report/terminal/scene.ts';
import { show, withoutChance } from './tour/page.ts';
import { TOUR } from './tour/scenes.ts';

const page = readFileSync('docs/tour.md', 'utf8');

describe.skipIf(!canPlay)('the tour (skipped where script of util-linux is not)', () => {
  test.each(TOUR)('$title', async (scene) => {
    const { section, path, picture } = await show(scene);
    expect(page).toContain(`${section}\n`);
    expect(picture).toBe(readFileSync(`docs/${path}`, 'utf8'));
  });
});

test('what differs from run to run is replaced', () => {
  expect(withoutChance('run 20261126T134500-ab12 took 2.5 s   for 12 kB')).toBe(
    'run 20261126T025200-k3f9 took 1 s  for 4.1 kB',
  );
});
