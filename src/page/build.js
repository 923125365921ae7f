// Builds the script of each page that has one (`NAME/client/main.ts`) into `dist/page/NAME.js`, with its style sheet and
// those of the packages in it, as two texts that a page is made of.
import { mkdirSync, readdirSync, readFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const output = join(here, '..', '..', 'dist', 'page');
mkdirSync(output, { recursive: true });

/** What is bundled, and must be named in every copy (MIT). */
const licences = ['uplot'].map((name) => {
  const text = readFileSync(join(here, '..', '..', 'node_modules', name, 'LICENSE'), 'utf8').trim();
  return `/*! ${name}\n${text.replaceAll('*/', '* /')} */\n`;
});

const pages = readdirSync(here).filter((name) => existsSync(join(here, name, 'client', 'main.ts')));
for (const name of pages) {
  const client = join(here, name, 'client');
  const [script, styles] = await Promise.all([
    bundle({ entryPoints: [join(client, 'main.ts')], format: 'iife', banner: { js: licences.join('') } }),
    bundle({
      entryPoints: readdirSync(client)
        .filter((file) => file.endsWith('.css'))
        .map((file) => join(client, file)),
    }),
  ]);
  const text = `export const script = ${JSON.stringify(script)};\nexport const styles = ${JSON.stringify(styles)};\n`;
  writeFileSync(join(output, `${name}.js`), text);
}

/** One file as text, comments with licences kept. */
async function bundle(options) {
  const { outputFiles } = await build({
    ...options,
    bundle: true,
    minify: true,
    write: false,
    target: ['chrome110', 'firefox113', 'safari16.4'],
    legalComments: 'inline',
    charset: 'utf8',
    outdir: output,
    logLevel: 'warning',
  });
  return outputFiles.map(({ text }) => text).join('\n');
}
