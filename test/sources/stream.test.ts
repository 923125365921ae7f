import { execFileSync, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openSpool } from '../../src/sources/stream.ts';
import { bytesOf, numberedBytes, openOne, outcomeOf, temporaryDirectory } from './reading.ts';

const directory = temporaryDirectory();
const sample = numberedBytes(30_000_000);
const MiB = 1024 * 1024;

/** A pipe that gives `bytes` in pieces as a pipe does. */
function pipeOf(bytes: Buffer, pieceBytes = 65_536): Readable {
  return Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    })(),
  );
}

const spool = () => join(directory.path, 'spool', '0');
const segments = async () => (await readdir(spool())).filter((name) => name.endsWith('.segment'));

describe('standard input', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 65_536],
    ['a byte', Buffer.from('x'), 1],
    ['two lines byte by byte', Buffer.from('first\nsecond\n'), 1],
    ['30 MB', sample, 65_536],
    ['gzip byte by byte', gzipSync('first\nsecond\n'), 1],
    ['gzip', gzipSync(sample, { level: 1 }), 65_536],
    ['two gzip members', Buffer.concat([gzipSync('first\n'), gzipSync('second\n')]), 7],
  ])('%s', async (_name, bytes, pieceBytes) => {
    const plain = bytes[0] === 0x1f ? undefined : bytes;
    const input = await openOne(directory.path, '-', pipeOf(bytes, pieceBytes));
    const all = await bytesOf(input);
    if (plain) expect(all.equals(plain)).toBe(true);
    else expect(all.length > 13 ? all.equals(sample) : all.toString() === 'first\nsecond\n').toBe(true);
    expect(input.readSourceBytes()).toBe(bytes.length);
    expect([input.path, input.kind, input.sourceBytes]).toEqual(['-', 'stream', undefined]);
  });

  it('can be read again by range, by several readers', async () => {
    const input = await openOne(directory.path, '-', pipeOf(sample));
    const all = bytesOf(input);
    const ranges = [
      [0, 10],
      [65_535, 65_537],
      [8_000_000, 9_000_000],
      [29_999_999, undefined],
    ] as const;
    for (const [from, to] of ranges) {
      expect((await bytesOf(input, from, to)).equals(sample.subarray(from, to))).toBe(true);
    }
    expect((await all).equals(sample)).toBe(true);
  });

  it('gives bytes as they come', async () => {
    const stdin = new PassThrough();
    const input = await openOne(directory.path, '-', stdin);
    const reader = input.read(0)[Symbol.asyncIterator]();
    for (const line of ['first\n', 'second\n']) {
      stdin.write(line);
      const next = await reader.next();
      expect(next.done === true ? undefined : Buffer.from(next.value.bytes).toString()).toBe(line);
    }
    stdin.end();
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it('is not read further than a little ahead of its reader', async () => {
    let given = 0;
    const source = Readable.from(
      (function* () {
        for (; given < 200; given++) yield Buffer.alloc(MiB, 'x');
      })(),
    );
    const input = await openOne(directory.path, '-', source);
    for await (const slab of input.read(0)) {
      slab.release();
      if (slab.offset > 3 * MiB) break;
    }
    await bytesOf(input, 0, 2 * MiB);
    expect(given).toBeLessThan(15);
    expect(given).toBeGreaterThan(3);
  });

  it('is dropped from the disk as it settles, but for its head', async () => {
    const input = await openOne(directory.path, '-', pipeOf(sample));
    let most = 0;
    for await (const slab of input.read(0)) {
      slab.release();
      await input.settledUpTo(slab.offset);
      most = Math.max(most, (await segments()).length);
    }
    expect(most).toBeLessThanOrEqual(4);
    expect((await bytesOf(input, 0, 65_536)).equals(sample.subarray(0, 65_536))).toBe(true);
    expect((await bytesOf(input, 29_000_000)).equals(sample.subarray(29_000_000))).toBe(true);
    expect((await outcomeOf(input, 100_000)).error).toMatchObject({ kind: 'local' });
  });

  it('creates nothing before it is read', async () => {
    const input = await openOne(directory.path, '-', pipeOf(sample));
    await input.close();
    expect(await readdir(directory.path)).toEqual([]);
  });

  it('tells a reader that is waiting when it is given up', async () => {
    const input = await openOne(directory.path, '-', new PassThrough());
    const waiting = outcomeOf(input);
    await readyDirectory(spool());
    await input.close();
    expect((await waiting).error).toMatchObject({
      kind: 'local',
      message: expect.stringContaining('given up') as string,
    });
  });

  it('delivers what came before a pipe broke', async () => {
    const stdin = new PassThrough();
    const input = await openOne(directory.path, '-', stdin);
    const reader = input.read(0)[Symbol.asyncIterator]();
    stdin.write('first\n');
    await reader.next();
    const broken = Object.assign(new Error('read EIO'), { code: 'EIO', syscall: 'read' });
    stdin.destroy(broken);
    await expect(reader.next()).rejects.toMatchObject({
      kind: 'local',
      message: 'cannot read standard input: the disk reported an error (EIO)',
    });
  });

  it('delivers what a truncated gzip holds', async () => {
    const cut = gzipSync(sample, { level: 1 }).subarray(0, 200_000);
    const { bytes, error } = await outcomeOf(await openOne(directory.path, '-', pipeOf(cut)));
    expect(error).toMatchObject({ kind: 'local', message: '- is truncated: unexpected end of gzip data' });
    expect(bytes.length).toBeGreaterThan(100_000);
    expect(sample.subarray(0, bytes.length).equals(bytes)).toBe(true);
  });

  it('is a local failure when it cannot be spooled', async () => {
    await writeFile(join(directory.path, 'spool'), 'a file where the directory should be');
    const { error } = await outcomeOf(await openOne(directory.path, '-', pipeOf(sample)));
    expect(error).toMatchObject({
      kind: 'local',
      message: expect.stringContaining('cannot spool -') as string,
    });
  });
});

describe('a FIFO', () => {
  const fifo = () => {
    const path = join(directory.path, 'pipe');
    execFileSync('sh', ['-c', 'mkfifo "$0"', path]);
    return path;
  };

  it('is read to the end of its writer, and again by range', async () => {
    const writer = createWriteStream(fifo());
    const input = await openOne(directory.path, 'pipe');
    writer.end(sample.subarray(0, 5_000_000));
    expect((await bytesOf(input)).equals(sample.subarray(0, 5_000_000))).toBe(true);
    expect((await bytesOf(input, 4_000_000)).length).toBe(1_000_000);
    expect(input.kind).toBe('stream');
  });

  it('waits for a writer, gzip too', async () => {
    const path = fifo();
    const input = await openOne(directory.path, 'pipe');
    const reading = bytesOf(input);
    spawn('sh', ['-c', `printf 'first\\nsecond\\n' | gzip > ${path}`]);
    expect((await reading).toString()).toBe('first\nsecond\n');
  });

  it('can be given up while nobody writes', async () => {
    fifo();
    const input = await openOne(directory.path, 'pipe');
    const reading = outcomeOf(input);
    await readyDirectory(spool());
    await input.close();
    expect((await reading).error).toMatchObject({ kind: 'local' });
  });
});

it('reads a device as a stream', async () => {
  expect(await bytesOf(await openOne(directory.path, '/dev/null'))).toHaveLength(0);
});

describe('a spool that an earlier process left', () => {
  it('has the whole stream when that had ended', async () => {
    const first = await openOne(directory.path, '-', pipeOf(sample));
    await bytesOf(first);
    await first.settledUpTo(20_000_000);
    await first.close();
    const again = await openSpool(spool());
    expect([again.path, again.sourceBytes]).toEqual(['-', sample.length]);
    expect((await bytesOf(again, 0, 65_536)).equals(sample.subarray(0, 65_536))).toBe(true);
    expect((await bytesOf(again, 20_000_000)).equals(sample.subarray(20_000_000))).toBe(true);
    expect(again.readSourceBytes()).toBe(sample.length);
    await again.close();
  });

  it('delivers what there is of a stream that had not ended, and says so', async () => {
    const stdin = new PassThrough();
    const first = await openOne(directory.path, '-', stdin);
    stdin.write('first\n');
    for await (const slab of first.read(0, 6)) slab.release();
    await first.close();
    const { bytes, error } = await outcomeOf(await openSpool(spool()));
    expect(bytes.toString()).toBe('first\n');
    expect(error).toMatchObject({
      kind: 'local',
      message:
        '- was cut off when the earlier run ended; it was kept up to byte 6, and what followed was not read',
    });
  });

  it('ends with the trouble that the stream ended with', async () => {
    const cut = gzipSync(sample, { level: 1 }).subarray(0, 200_000);
    const first = await openOne(directory.path, '-', pipeOf(cut));
    const before = await outcomeOf(first);
    await first.close();
    const after = await outcomeOf(await openSpool(spool()));
    expect(after.bytes.equals(before.bytes)).toBe(true);
    expect(String(after.error)).toBe(String(before.error));
  });

  it('keeps its length however much of it was settled', async () => {
    const first = await openOne(directory.path, '-', pipeOf(sample.subarray(0, 65_536 + 8 * MiB)));
    await bytesOf(first);
    await first.settledUpTo(65_536 + 8 * MiB);
    await first.close();
    expect((await openSpool(spool())).sourceBytes).toBe(65_536 + 8 * MiB);
  });

  it('is a local failure when there is none', async () => {
    await expect(openSpool(spool())).rejects.toMatchObject({ kind: 'local' });
  });

  it('survives the death of the process that wrote it', async () => {
    const program = `
      import { openInputs } from ${JSON.stringify(new URL('../../src/sources/inputs.ts', import.meta.url).pathname)};
      const [input] = await openInputs(['-'], { stdin: process.stdin, workingDirectory: '.' }, { spoolDirectory: 'spool' });
      for await (const slab of input.read(0)) {
        slab.release();
        if (slab.offset + slab.bytes.length >= 2_000_000) process.kill(process.pid, 'SIGKILL');
      }`;
    const bundle = join(directory.path, 'child.mjs');
    const { build } = await import('esbuild');
    await build({
      stdin: { contents: program, resolveDir: process.cwd(), loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      outfile: bundle,
    });
    const child = spawn(process.execPath, [bundle], {
      cwd: directory.path,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    child.stdin.on('error', () => undefined);
    child.stdin.write(sample);
    const signal = await new Promise((resolve) => child.once('exit', (_code, name) => resolve(name)));
    expect(signal).toBe('SIGKILL');
    const { bytes, error } = await outcomeOf(await openSpool(spool()));
    expect(bytes.length).toBeGreaterThanOrEqual(2_000_000);
    expect(sample.subarray(0, bytes.length).equals(bytes)).toBe(true);
    expect(error).toMatchObject({ kind: 'local' });
  });
});

/** Waits until a directory exists: then its stream is being read. */
async function readyDirectory(path: string): Promise<void> {
  for (;;) {
    const found = await stat(join(path, 'stream.json')).catch(() => undefined);
    if (found) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
