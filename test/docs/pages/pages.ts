/** All pages that are made from the program, by path. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonPage, type Schema } from './json.ts';
import { manualPages } from './man.ts';
import { commandsPage } from './markdown.ts';
import { programDocument } from './program.ts';

export async function generatedPages(): Promise<Map<string, string>> {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const program = await programDocument(version);
  const manuals = [...manualPages(program, releaseDate())].map(
    ([name, content]) => [join('man', name), content] as const,
  );
  return new Map([
    ['docs/commands.md', commandsPage(program)],
    ['docs/json.md', jsonPage(readSchemas())],
    ...manuals,
  ]);
}

/** Of the newest release in the changelog: pages change with the program, not with the day. */
function releaseDate(): string {
  const [, date] = /^## [\d.]+ - (\d{4}-\d{2}-\d{2})$/m.exec(readFileSync('CHANGELOG.md', 'utf8')) ?? [];
  if (date === undefined) throw new Error('CHANGELOG.md has no release with a date');
  return date;
}

/** The schemas by file name, in the order of the page. */
function readSchemas(): Map<string, Schema> {
  const names = readdirSync('schemas').sort();
  return new Map(
    names.map((name) => [name, JSON.parse(readFileSync(join('schemas', name), 'utf8')) as Schema]),
  );
}
