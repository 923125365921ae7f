// Builds `dist/storage/sdk.js`, the part of the AWS SDK that src/storage uses in one module, with the licences of all that
// is in it beside it: 26 packages of 22 MB are needed to build, and none of them where the program is installed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');
const output = join(root, 'dist', 'storage');
const code = join(output, 'sdk.js');
const stamp = join(output, 'sdk.digest');

const contents = `export {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';`;

mkdirSync(output, { recursive: true });
const digest = digestOfSources();
if (!existsSync(code) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== digest) {
  const { build } = await import('esbuild');
  const { metafile } = await build({
    absWorkingDir: root,
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.18',
    // Modules for the browser and for CommonJS are larger.
    mainFields: ['module', 'main'],
    // What is left of CommonJS asks for modules of Node.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    outfile: code,
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  writeFileSync(join(output, 'LICENSES.txt'), licencesOf(Object.keys(metafile.inputs)));
  writeFileSync(stamp, digest);
}

/** Digest of what decides the output: the packages are as the lock has them. */
function digestOfSources() {
  const hash = createHash('sha256');
  for (const file of [import.meta.filename, join(root, 'package-lock.json')]) hash.update(readFileSync(file));
  return hash.digest('hex');
}

/** Every package by name, and each text once, below the packages that share it. */
function licencesOf(inputs) {
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
