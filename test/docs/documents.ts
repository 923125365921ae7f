/** The project's documents as the tests see them: fenced blocks, links, headings, and code in the text. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Block {
  language: string;
  /** Line of the document on which the block's text begins. */
  line: number;
  text: string;
}

export interface Document {
  path: string;
  blocks: readonly Block[];
  /** The text with its blocks taken out. */
  prose: string;
}

/** README.md and its neighbours, and everything in docs/. */
export function readDocuments(): Document[] {
  const atTop = readdirSync('.').filter((name) => name.endsWith('.md'));
  const below = readdirSync('docs', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  );
  return [...atTop, ...below.map((name) => join('docs', name))].sort().map(readDocument);
}

/** Addresses of a document's links. */
export function linksOf({ prose }: Document): string[] {
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, address = '']) => address);
}

/** Headings as the names that links refer to them by. */
export function anchorsOf({ prose }: Document): string[] {
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** What stands between backticks in the text. */
export function codeSpansOf({ prose }: Document): string[] {
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** The rows of the first table under a heading, each as its cells. */
export function tableUnder({ prose }: Document, heading: string): string[][] {
  const section = prose.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** One document, by its path in the project. */
export function readDocument(path: string): Document {
  const blocks: Block[] = [];
  const prose: string[] = [];
  let open: { language: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of readFileSync(path, 'utf8').split('\n').entries()) {
    const fence = /^ *```(\w*)/.exec(line);
    if (open && fence) {
      blocks.push({ language: open.language, line: open.line, text: open.lines.join('\n') });
      open = undefined;
    } else if (open) open.lines.push(line);
    else if (fence) open = { language: fence[1] ?? '', line: index + 2, lines: [] };
    else prose.push(line);
  }
  if (open) throw new Error(`${path}: a block is not closed`);
  return { path, blocks, prose: prose.join('\n') };
}
