/** `npm run tour`: writes docs/tour.md. */
import { writeFileSync } from 'node:fs';
import { tourPage } from './page.ts';

writeFileSync('docs/tour.md', await tourPage());
