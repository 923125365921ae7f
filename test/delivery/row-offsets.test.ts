/** Rows that the server names by their place in a body, found again in the files that they came from. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openPlace, PACKAGE } from '../machine.ts';
import { propertyRuns } from '../property-runs.ts';

type Line = 'good' | 'strange' | 'bad' | 'blank';

const line = fc.oneof(
  { arbitrary: fc.constant<Line>('good'), weight: 6 },
  { arbitrary: fc.constantFrom<Line>('strange', 'bad', 'blank'), weight: 2 },
);
const files = fc.array(
  fc.record({ content: fc.array(line, { minLength: 1, maxLength: 40 }), gzip: fc.boolean() }),
  {
    minLength: 1,
    maxLength: 3,
  },
);

function textOf(kind: Line, key: string): string {
  if (kind === 'blank') return '';
  if (kind === 'bad') return `bad ${key}`;
  const owner = kind === 'good' ? PACKAGE : 'elsewhere';
  return `{"$unique_id":"${key}","$package":"${owner}","$time":"2126-01-01T00:00:00Z"}`;
}

test('whatever the chunks, the files and what lies between the rows', async () => {
  await fc.assert(
    fc.asyncProperty(
      files,
      fc.integer({ min: 100, max: 3000 }),
      fc.nat(),
      async (contents, chunkBytes, salt) => {
        const place = await openPlace({ scarf: { artifacts: [{ kind: 'package', id: PACKAGE }] } });
        const expected: string[] = [];
        const names: string[] = [];
        for (const [index, { content, gzip }] of contents.entries()) {
          const name = `${index}.ndjson`;
          const texts = content.map((kind, row) => textOf(kind, `${salt}-${index}-${row}`));
          const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));
          await place.write(name, gzip ? gzipSync(bytes) : bytes);
          names.push(name);
          content.forEach((kind, row) => {
            if (kind === 'strange') expected.push(`${name}:${row + 1} server`);
            if (kind === 'bad') expected.push(`${name}:${row + 1} local`);
          });
        }
        await place.importFiles([...names, '--chunk-size', String(chunkBytes), '--rejects', 'bad.ndjson']);
        const meta = await readFile(join(place.directory, 'bad.ndjson.meta.ndjson'), 'utf8').catch(() => '');
        const found = meta
          .split('\n')
          .filter((text) => text !== '')
          .map((text) => JSON.parse(text) as { file: string; line: number; source: string })
          .map(({ file, line: at, source }) => `${file}:${at} ${source}`);
        expect(found.sort()).toEqual(expected.sort());
      },
    ),
    propertyRuns(8),
  );
});
