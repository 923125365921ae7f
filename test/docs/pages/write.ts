/** `npm run docs`: writes the pages that are made from the program: docs/commands.md and man/. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedPages } from './pages.ts';

const pages = await generatedPages();
mkdirSync('man', { recursive: true });
for (const name of readdirSync('man')) if (!pages.has(join('man', name))) rmSync(join('man', name));
for (const [path, content] of pages) writeFileSync(path, content);
