/** Lets a test bundle the program into any directory: parts made by the build are loaded from their own place. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';

export const bundledParts: Plugin = {
  name: 'bundled-parts',
  setup(build) {
    build.onResolve({ filter: /^#bundled\// }, ({ path }) => {
      const file = join(process.cwd(), 'dist', 'bundled', `${path.slice('#bundled/'.length)}.js`);
      return { path: pathToFileURL(file).href, external: true };
    });
  },
};
