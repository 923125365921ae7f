// Gathers the licences of what is built into the program.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Of the packages among files that were bundled: each by name, and each text once, below the packages that share it. */
export function licencesOf(inputs) {
  const folders = new Set(
    inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []),
  );
  const namesByText = new Map();
  for (const folder of [...folders].sort()) {
    const { name, text } = licenceOf(folder);
    namesByText.set(text, [...(namesByText.get(text) ?? []), name]);
  }
  return [...namesByText]
    .map(([text, names]) => `${names.join('\n')}\n\n${text}\n`)
    .join(`\n${'-'.repeat(79)}\n\n`);
}

function licenceOf(folder) {
  const path = join(root, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const files = readdirSync(path).filter((file) => /^(licen[cs]e|notice)/i.test(file));
  const texts = files.map((file) => readFileSync(join(path, file), 'utf8').trimEnd());
  return { name: `${name} ${version} (${license})`, text: texts.join('\n\n') };
}
