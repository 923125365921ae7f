import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDocuments } from './documents.ts';
import { openExamplePlace, scriptOf, type ExamplePlace } from './place.ts';

const documents = readDocuments()
  .map(({ path, blocks }) => ({ path, blocks: blocks.filter(({ language }) => language === 'sh') }))
  .filter(({ blocks }) => blocks.length > 0);

describe.each(documents)('the examples of $path', ({ blocks }) => {
  let place: ExamplePlace;
  beforeAll(async () => {
    place = await openExamplePlace();
  });
  afterAll(() => place.close());

  it.each(blocks)(
    'end as they say: line $line',
    async ({ text }) => {
      const { code, output } = await place.run(text);
      expect(output).not.toContain('sandbox-token');
      expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
      // A block may start a dozen processes.
    },
    120_000,
  );
});

it('finds examples in README.md', () => {
  expect(documents.map(({ path }) => path)).toContain('README.md');
});

describe('a block becomes a script', () => {
  it.each([
    ['true', 0],
    ['false', 1],
    ['false\ntrue', 1],
    ['sh -c "exit 3" # exit 3', 0],
    ['sh -c \\\n  "exit 3" # exit 3', 0],
    ['sh -c "exit 2" # exit 3', 99],
    ['true # exit 3', 99],
  ])('%j ends with %i', async (block, code) => {
    const place = await openExamplePlace();
    expect(await place.run(block)).toMatchObject({ code });
    await place.close();
  });

  it('leaves other comments alone', () => {
    expect(scriptOf('ls # exit the room')).toBe('ls # exit the room');
  });
});
