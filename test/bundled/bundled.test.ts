/** Packages as they are built into the program: complete, licensed, small, and out of the way of whoever needs them not. */
import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../child.ts';
import { eventRows, lines } from '../machine.ts';

const program = join(import.meta.dirname, '../../bin/scarf-cli.js');
const built = join(import.meta.dirname, '../../dist/bundled');

/** Prints the name of each module that is loaded. */
const tellModules = `
import { register } from 'node:module';
const hooks = 'import { writeSync } from "node:fs"; export async function load(url, context, next) { writeSync(2, "loads " + url + String.fromCharCode(10)); return next(url, context); }';
register('data:text/javascript,' + encodeURIComponent(hooks));`;

async function modulesOf(argv: readonly string[], directory: string): Promise<string[]> {
  const options = ['--import', `data:text/javascript,${encodeURIComponent(tellModules)}`];
  const environment = ['AWS_ACCESS_KEY_ID=k', 'AWS_SECRET_ACCESS_KEY=a-secret', `HOME=${directory}`];
  const command = ['bash', '-c', 'exec "$0" "$@" 2>&1', process.execPath, ...options, program, ...argv];
  const { lines: printed } = await run(['env', ...environment, ...command], directory);
  return printed.flatMap((line) => (line.startsWith('loads ') ? [line.slice('loads '.length)] : []));
}

test('the AWS SDK is loaded by an address of a bucket, undici by what asks a server, and neither by anything else', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'scarf-cli-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, 'events.ndjson'), lines(eventRows(3)));
  const ofFiles = await modulesOf(['check', 'events.ndjson'], directory);
  // A file costs a millisecond: what nearly every command needs is one (src/startup/build.js).
  const own = ofFiles.filter((url) => url.includes('/dist/'));
  expect(own.some((url) => url.endsWith('/dist/warm.js'))).toBe(true);
  expect(own.length).toBeLessThan(25);
  expect(ofFiles.filter((url) => /dist\/bundled\/|picomatch/.test(url))).toEqual([]);
  const address = ['s3://bucket/key', '--s3-endpoint', 'http://127.0.0.1:1', '--retries', '0'];
  const ofBuckets = await modulesOf(['check', ...address], directory);
  const bundled = ofBuckets.flatMap((url) => /dist\/bundled\/(.*)\.js$/.exec(url)?.[1] ?? []);
  expect(bundled.sort()).toEqual(['aws-sdk', 'undici']);
});

test('the AWS SDK names every package that is in it, with its licence, and stays small', () => {
  const licences = readFileSync(join(built, 'aws-sdk.LICENSES.txt'), 'utf8');
  for (const name of ['@aws-sdk/client-s3', '@aws-sdk/credential-provider-node', '@smithy/core']) {
    expect(licences).toMatch(new RegExp(`^${name} \\d[\\d.]* \\(Apache-2\\.0\\)$`, 'm'));
  }
  expect(licences).toContain('Apache License');
  expect(statSync(join(built, 'aws-sdk.js')).size).toBeLessThan(700_000);
});

test('undici has its licence beside it, and not the parts that nobody calls', () => {
  expect(readFileSync(join(built, 'undici.LICENSES.txt'), 'utf8')).toMatch(
    /^undici \d[\d.]* \(MIT\)\n\nMIT License/,
  );
  expect(statSync(join(built, 'undici.js')).size).toBeLessThan(330_000);
});
