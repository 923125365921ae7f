/** What lets a test bundle the program into any directory: parts that the build made are loaded from where they are. */
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
