/** Rows on a stream: written window by window, and nothing is known of them afterwards. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { emptyCheckpoint } from '../../src/checkpoint/checkpoint.ts';
import { STANDARD_OUTPUT, type StreamMachine } from '../../src/disk/output/output-stream.ts';
import { createOutputFormat } from '../../src/encoders/outputs.ts';
import { realMachine } from '../../src/real-machine.ts';
import { StreamSink, type StreamSinkOptions } from '../../src/sinks/stream.ts';
import { partitionOf, untold } from '../encoders/encode.ts';
import { temporaryDirectory } from '../vendors/temporary.ts';
import { days, rowsOf, windowOf } from './file/scene.ts';

const format = createOutputFormat(
  { name: 'csv', suffix: '.csv', gzip: false },
  { excelSafe: false, byteOrderMark: false, ...untold },
);

/** A sink over standard output, which a test reads. */
function sinkOf(more: Partial<StreamSinkOptions> = {}) {
  let text = '';
  let broken: Error | undefined;
  let gone = 0;
  const stdout = new Writable({
    write(bytes: Buffer, _encoding, done) {
      if (broken === undefined) text += bytes.toString();
      done(broken);
    },
  }) as unknown as StreamMachine['stdout'];
  const machine = { ...realMachine(), stdout, isStdoutClosed: () => false, temporaryDirectory: '/somewhere' };
  const sink = new StreamSink({
    ...{ output: STANDARD_OUTPUT, format, columns: [{ name: 'id', type: 'text' }], machine },
    signal: new AbortController().signal,
    onReaderGone: () => gone++,
    ...more,
  });
  const breakWith = (code: string) => (broken = Object.assign(new Error(code), { code }));
  return { sink, breakWith, text: () => text, gone: () => gone };
}

const first = windowOf(days(1, 2), rowsOf(1, 'a'), rowsOf(2, 'b', 'c'));
const second = windowOf(days(3), rowsOf(3, 'd'));

describe('a stream', () => {
  test('has the rows of each window once it is committed', async () => {
    const { sink, text } = sinkOf();
    expect(await sink.open()).toEqual({ checkpoint: emptyCheckpoint, lost: [], keepsRows: false });
    expect(text()).toBe('');
    expect(await sink.commit(first)).toEqual({ files: [], written: 3, known: 0, rejected: 0 });
    expect(text()).toBe('id,time\na,2026-11-01\nb,2026-11-02\nc,2026-11-02\n');
    expect(await sink.commit(second)).toEqual({ files: [], written: 1, known: 0, rejected: 0 });
    expect(await sink.finish()).toEqual([]);
    await sink.close();
    expect(text()).toBe('id,time\na,2026-11-01\nb,2026-11-02\nc,2026-11-02\nd,2026-11-03\n');
  });

  test('without rows has the published columns in the end', async () => {
    const { sink, text } = sinkOf();
    await sink.open();
    await sink.finish();
    expect(text()).toBe('id\r\n');
  });

  test('counts rows that are no rows in their window', async () => {
    const { sink } = sinkOf();
    await sink.open();
    await sink.commit(windowOf(days(1), rowsOf(1, 'a')));
    const torn = windowOf(days(2), partitionOf('csv', 'time,id\nx\nx,a\n', ['time', 'id']));
    expect(await sink.commit(torn)).toMatchObject({ written: 1, rejected: 1 });
    expect(await sink.commit(second)).toMatchObject({ written: 1, rejected: 0 });
  });

  test('has no rows that anybody could ask for, and is spooled to where there is room', async () => {
    const { sink } = sinkOf();
    await sink.open();
    await sink.commit(first);
    expect(sink.checkpoint()).toEqual(emptyCheckpoint);
    expect(await sink.hasRows()).toBe(false);
    expect(sink).toMatchObject({ splitByDay: false, acceptsEmptyAnswers: false });
    expect(sink.spool).toEqual({ directory: '/somewhere', named: false });
  });

  test('ends the run when nobody reads it any more, which is told once', async () => {
    const { sink, breakWith, gone } = sinkOf();
    await sink.open();
    await sink.commit(first);
    expect(gone()).toBe(0);
    breakWith('EPIPE');
    await expect(sink.commit(second)).rejects.toMatchObject({ kind: 'local' });
    expect(gone()).toBe(1);
    await sink.close();
  });

  test('that cannot be written is an error, and no reader that left', async () => {
    const { sink, breakWith, gone } = sinkOf();
    await sink.open();
    breakWith('ENOSPC');
    await expect(sink.commit(first)).rejects.toMatchObject({ kind: 'local' });
    expect(gone()).toBe(0);
    await sink.close();
  });

  test('is called by its path, where it has one, and closed', async () => {
    const path = join(await temporaryDirectory(), 'stream');
    await writeFile(path, '');
    const { sink } = sinkOf({ output: { kind: 'stream', path: 'out', at: path, descriptor: undefined } });
    expect(sink.destination).toBe('out');
    expect(sinkOf().sink.destination).toBe('standard output');
    await sink.close();
    await sink.open();
    await sink.commit(second);
    await sink.close();
    expect(await readFile(path, 'utf8')).toBe('id,time\nd,2026-11-03\n');
    await expect(sink.commit(first)).rejects.toMatchObject({ kind: 'local' });
  });
});
