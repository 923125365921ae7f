import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Input } from '../../src/contracts/input.ts';
import { bytesOf, openIn, openOne, temporaryDirectory } from './reading.ts';

const directory = temporaryDirectory();

async function put(...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(join(directory.path, name, '..'), { recursive: true });
    await writeFile(join(directory.path, name), name);
  }
}

describe('what patterns mean', () => {
  it.each([
    [['b.log'], ['b.log']],
    [
      ['b.log', 'a.log'],
      ['b.log', 'a.log'],
    ],
    [['*.log'], ['a.log', 'b.log']],
    [['?.log'], ['a.log', 'b.log']],
    [['{b,a}.log'], ['a.log', 'b.log']],
    [['**/*.log'], ['a.log', 'b.log', 'deep/down/c.log']],
    [['./*.log'], ['a.log', 'b.log']],
    [['[odd].log'], ['[odd].log']],
    [
      ['deep/**', 'a.log'],
      ['deep/down/c.log', 'a.log'],
    ],
  ])('%j opens %j', async (patterns, paths) => {
    await put('b.log', 'a.log', '.hidden.log', 'deep/down/c.log', 'a.txt');
    if (patterns[0] === '[odd].log') await put('[odd].log', 'o.log');
    const inputs = await openIn(directory.path, patterns);
    expect(inputs.map(({ path }) => path)).toEqual(paths);
    expect((await bytesOf(inputs[0] ?? (await openOne(directory.path, 'a.log')))).toString()).toBe(paths[0]);
  });

  it('keeps an absolute pattern absolute', async () => {
    await put('a.log');
    const inputs = await openIn('/', [join(directory.path, '*.log')]);
    expect(inputs.map(({ path }) => path)).toEqual([join(directory.path, 'a.log')]);
  });

  it('follows a symbolic link', async () => {
    await put('a.log');
    await symlink(join(directory.path, 'a.log'), join(directory.path, 'link'));
    expect((await bytesOf(await openOne(directory.path, 'link'))).toString()).toBe('a.log');
  });

  it.skipIf(process.platform !== 'linux')('reads a file that says it is empty, and is not', async () => {
    await writeFile(join(directory.path, 'empty.log'), '');
    const [pseudo, empty] = await openIn(directory.path, ['/proc/self/status', 'empty.log']);
    expect([pseudo?.kind, empty?.kind]).toEqual(['stream', 'file']);
    expect((await bytesOf(pseudo as Input)).toString()).toContain('Pid:');
  });

  it('tells gzip by its first bytes, whatever the name', async () => {
    await writeFile(join(directory.path, 'packed.log'), gzipSync('rows'));
    await writeFile(join(directory.path, 'plain.gz'), 'rows');
    const [packed, plain] = await openIn(directory.path, ['packed.log', 'plain.gz']);
    expect([packed?.kind, plain?.kind]).toEqual(['gzip', 'file']);
  });
});

describe('what cannot be opened', () => {
  it.each([
    [['missing.log'], 'usage', 'no such file: missing.log'],
    [['missing/a.log'], 'usage', 'no such file: missing/a.log'],
    [['*.csv'], 'usage', 'no file matches *.csv'],
    [['deep'], 'usage', 'deep is a directory'],
    [[''], 'usage', 'the name of an input is empty'],
    [['-', '-'], 'usage', 'standard input (-) can be read only once'],
  ])('%j', async (patterns, kind, message) => {
    await put('deep/c.log');
    await expect(openIn(directory.path, patterns)).rejects.toMatchObject({ kind, message });
  });

  it.each([
    ['ftp://example.com/a.csv', 'pipe them'],
    ['file:///a.csv', 'without file://'],
    ['~/a.csv', '$HOME'],
  ])('says what to do about %s', async (pattern, hint) => {
    await expect(openIn(directory.path, [pattern])).rejects.toMatchObject({
      message: `no such file: ${pattern}`,
      hint: expect.stringContaining(hint) as string,
    });
  });

  it('says what to do about a name that is not UTF-8', async () => {
    await writeFile(Buffer.concat([Buffer.from(join(directory.path, 'bad')), Buffer.of(0xff)]), 'rows');
    for (const pattern of ['b*', 'bad\uFFFD']) {
      await expect(openIn(directory.path, [pattern])).rejects.toMatchObject({
        kind: 'usage',
        message: 'no such file: bad\uFFFD',
        hint: expect.stringContaining('- <') as string,
      });
    }
    await put('good\uFFFD');
    expect((await openIn(directory.path, ['g*'])).map(({ path }) => path)).toEqual(['good\uFFFD']);
  });

  it('passes over no directory whose name is not UTF-8, nor over a link of such a name', async () => {
    const bytes = (text: string) => Buffer.concat([Buffer.from(join(directory.path, text)), Buffer.of(0xff)]);
    await put('good/a.log');
    await mkdir(bytes('good/bad'));
    await symlink('good', bytes('link'));
    for (const [pattern, name] of [
      ['good/**/*.log', 'good/bad\uFFFD'],
      ['*/*.log', 'link\uFFFD'],
    ] as const) {
      await expect(openIn(directory.path, [pattern])).rejects.toMatchObject({
        kind: 'usage',
        message: expect.stringContaining(name) as string,
      });
    }
    expect((await openIn(directory.path, ['good/*.log'])).map(({ path }) => path)).toEqual(['good/a.log']);
    await symlink('nowhere', join(directory.path, 'good/gone'));
    await put('good/c\uFFFD/b.log');
    const named = await openIn(join(directory.path, 'good'), ['c*/*.log']);
    expect(named.map(({ path }) => path)).toEqual(['c\uFFFD/b.log']);
  });

  it('says which pattern means the files of a directory', async () => {
    await put('deep/c.log');
    await expect(openIn(directory.path, ['deep'])).rejects.toMatchObject({
      hint: expect.stringContaining("'deep/*'") as string,
    });
  });

  it('allows a pattern without a match when asked to, but no missing name', async () => {
    await put('a.log');
    const inputs = await openIn(directory.path, ['*.csv', 'a.log'], { allowEmpty: true });
    expect(inputs.map(({ path }) => path)).toEqual(['a.log']);
    await expect(openIn(directory.path, ['b.log'], { allowEmpty: true })).rejects.toMatchObject({
      kind: 'usage',
    });
  });
});
