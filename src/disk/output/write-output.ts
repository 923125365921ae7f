/** Writes a whole document: a file is replaced, everything else receives the bytes. */
import { resolveRowOutput, type StreamOutput } from './output-path.ts';
import { openOutputStream, type StreamMachine } from './output-stream.ts';
import { replaceFile } from './replace-file.ts';

/** What writes, and until when it may. */
export interface Writing {
  machine: StreamMachine;
  signal?: AbortSignal | undefined;
}

/**
 * Writes `content` to whatever `path` is and returns which kind it was. A reader that is gone is no failure.
 * Throws a Failure `usage` for what cannot be an output, and `local` for what cannot be written. Once
 * `signal` is aborted, no file is replaced and no FIFO waited for.
 */
export async function writeOutput(
  path: string,
  content: string,
  writing: Writing,
): Promise<'file' | 'stream'> {
  const output = await resolveRowOutput(path);
  if (output.kind === 'file') await writeFile(path, content, writing.signal);
  else await writeStream(output, content, writing);
  return output.kind;
}

async function writeFile(path: string, content: string, signal: AbortSignal | undefined): Promise<void> {
  const replacement = await replaceFile(path);
  try {
    await replacement.write(content);
    signal?.throwIfAborted();
    await replacement.commit();
  } finally {
    await replacement.abort();
  }
}

/** Writes `content` to a stream and closes what it opened. */
export async function writeStream(
  output: StreamOutput,
  content: string,
  { machine, signal }: Writing,
): Promise<void> {
  const stream = await openOutputStream(output, machine, signal);
  try {
    await stream.write(content);
  } finally {
    await stream.close();
  }
}
