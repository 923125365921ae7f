import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendLog } from '../../src/disk/append-log.ts';
import { buildProgram, run } from '../child.ts';
import { fileJournal } from './file-journal.ts';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'log-'));
  path = join(directory, 'log');
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `record ${index}\n`);

describe('appending', () => {
  it('keeps the order of many records that wait for each other', async () => {
    const log = await appendLog(path, 0);
    await Promise.all(numbered(500).map((record) => log.append(record)));
    await log.append(Buffer.from('last\n'));
    expect(await readFile(path, 'utf8')).toBe(`${numbered(500).join('')}last\n`);
    expect(log.length).toBe((await stat(path)).size);
    await log.close();
  });

  it('has a record on disk when its promise resolves', async () => {
    const log = await appendLog(path, 0);
    let written = '';
    for (const record of numbered(20)) {
      await log.append(record);
      written += record;
      expect(await readFile(path, 'utf8')).toBe(written);
    }
    await log.close();
  });

  it('waits for what was appended before it closes, and takes nothing after', async () => {
    const log = await appendLog(path, 0);
    const appending = numbered(50).map((record) => log.append(record));
    await log.close();
    await Promise.all(appending);
    expect(await readFile(path, 'utf8')).toBe(numbered(50).join(''));
    await expect(log.append('late')).rejects.toMatchObject({ kind: 'bug' });
  });

  it('is for the eyes of its owner only', async () => {
    await (await appendLog(path, 0)).close();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});

describe('what is promised to be on disk', () => {
  it('has been synced before a record is told', async () => {
    const { openFile, steps } = fileJournal();
    const log = await appendLog(path, 0, openFile);
    steps.length = 0;
    await log.append('one\n').then(() => steps.push('told'));
    await log.append('two\n').then(() => steps.push('told'));
    expect(steps).toEqual(['write log', 'datasync log', 'told', 'write log', 'datasync log', 'told']);
    await log.close();
  });

  it('shares one sync among records that wait for each other', async () => {
    const { openFile, steps } = fileJournal();
    const log = await appendLog(path, 0, openFile);
    steps.length = 0;
    await Promise.all(['one\n', 'two\n', 'three\n'].map((record) => log.append(record)));
    expect(steps).toEqual(['write log', 'datasync log']);
    await log.close();
  });

  it('is the log itself, and its name, once it is opened', async () => {
    await writeFile(path, 'one\ntorn');
    const { openFile, steps } = fileJournal();
    const log = await appendLog(path, 4, openFile);
    const name = basename(directory);
    expect(steps).toEqual(['truncate log', 'sync log', `sync ${name}`, `close ${name}`]);
    await log.close();
  });

  it('is never told after a sync that failed, and it is not synced again: that would lie', async () => {
    const { breakStep, openFile, steps } = fileJournal();
    const log = await appendLog(path, 0, openFile);
    breakStep('datasync');
    steps.length = 0;
    await expect(log.append('one\n')).rejects.toMatchObject({ kind: 'local' });
    await expect(log.append('two\n')).rejects.toMatchObject({ kind: 'local' });
    expect(steps).toEqual(['write log', 'datasync failed']);
    expect(log.length).toBe(0);
    await log.close();
  });

  it('is closed when it cannot be opened to the end', async () => {
    await writeFile(path, 'short');
    const { openFile, steps } = fileJournal();
    await expect(appendLog(path, 6, openFile)).rejects.toMatchObject({ kind: 'local' });
    expect(steps).toEqual(['close log']);
  });
});

describe('opening', () => {
  it('cuts off what is not valid, wherever it was torn', async () => {
    const records = numbered(6);
    const text = records.join('');
    await fc.assert(
      fc.asyncProperty(fc.nat(records.length), fc.nat(text.length), async (whole, extra) => {
        const valid = records.slice(0, whole).join('');
        await writeFile(path, text.slice(0, Math.min(text.length, valid.length + extra)));
        const log = await appendLog(path, valid.length);
        const size = (await stat(path)).size;
        await log.append('next\n');
        await log.close();
        return size === valid.length && (await readFile(path, 'utf8')) === `${valid}next\n`;
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a log that has less than was read of it', async () => {
    await writeFile(path, 'short');
    await expect(appendLog(path, 6)).rejects.toMatchObject({
      kind: 'local',
      message: expect.stringContaining('5 bytes and should have 6') as string,
    });
    expect(await readFile(path, 'utf8')).toBe('short');
  });

  it('says what is wrong with its place', async () => {
    await expect(appendLog(join(directory, 'missing', 'log'), 0)).rejects.toMatchObject({
      kind: 'local',
      message: expect.stringMatching(/^cannot open .*log: no such file or directory \(ENOENT\)$/) as string,
    });
  });
});

describe('a process that dies', () => {
  it('leaves every record that it was told of, and at most one that is torn', async () => {
    const program = await buildProgram(
      directory,
      `import { writeSync } from 'node:fs';
       import { appendLog } from './src/disk/append-log.ts';
       const log = await appendLog('log', 0);
       const filler = 'x'.repeat(20_000);
       for (let number = 0; ; number += 3) {
         await Promise.all([0, 1, 2].map(async (step) => {
           await log.append(JSON.stringify({ number: number + step, filler }) + '\\n');
           writeSync(1, number + step + '\\n');
         }));
       }`,
    );
    for (const kills of [1, 40, 200]) {
      const { lines, signal } = await run([process.execPath, program], directory, (line, child) => {
        if (Number(line) >= kills) child.kill('SIGKILL');
      });
      expect(signal).toBe('SIGKILL');
      const text = await readFile(path, 'utf8');
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      const numbers = whole
        .split('\n')
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as { number: number }).number);
      expect(numbers).toEqual(numbers.map((_, index) => index));
      expect(numbers.length).toBeGreaterThan(Math.max(...lines.map(Number)));
      await rm(path);
    }
  });

  it('is told of no record after a write failed, and each call says why', async () => {
    const program = await buildProgram(
      directory,
      `import { appendLog } from './src/disk/append-log.ts';
       const log = await appendLog('log', 0);
       const outcomes = await Promise.allSettled([
         log.append('a'.repeat(1000)),
         log.append('b'.repeat(1000)),
       ]);
       for (const { status } of outcomes) console.log(status);
       for (const size of [100_000, 1, 1]) {
         await log.append('c'.repeat(size)).then(() => console.log('taken'), (error) => console.log(error.kind, error.message));
       }
       console.log(log.length);
       await log.close();`,
    );
    const { lines, code } = await run(
      ['sh', '-c', `ulimit -f 20; exec "${process.execPath}" program.mjs`],
      directory,
    );
    expect(program).toContain('program.mjs');
    const failed = 'local cannot write log: the file would be too large (EFBIG)';
    expect(lines).toEqual(['fulfilled', 'fulfilled', failed, failed, failed, '2000']);
    expect(code).toBe(0);
    const log = await appendLog(path, 2000);
    await log.append('d');
    await log.close();
    expect(await readFile(path, 'utf8')).toBe(`${'a'.repeat(1000)}${'b'.repeat(1000)}d`);
  });
});
