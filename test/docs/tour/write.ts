/** `npm run tour`: writes docs/tour.md and its pictures. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tourPage } from './page.ts';

const { page, pictures } = await tourPage();
writeFileSync('docs/tour.md', page);
rmSync('docs/pictures/tour', { recursive: true, force: true });
mkdirSync('docs/pictures/tour', { recursive: true });
for (const [path, picture] of pictures) writeFileSync(join('docs', path), picture);
