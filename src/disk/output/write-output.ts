/** A document that is put down whole: a file is replaced, everything else takes the bytes as they are. */
import { resolveRowOutput, type StreamOutput } from './output-path.ts';
import { openOutputStream, type StreamMachine } from './output-stream.ts';
import { writeWhole } from './replace-file.ts';

/**
 * Writes `content` to whatever `path` stands for; says which that was. A reader that has gone is no failure. Throws a
 * Failure `usage` for what cannot be an output and `local` for what cannot be written.
 */
export async function writeOutput(
  path: string,
  content: string,
  machine: StreamMachine,
): Promise<'file' | 'stream'> {
  const output = await resolveRowOutput(path);
  if (output.kind === 'file') await writeWhole(path, content);
  else await writeStream(output, content, machine);
  return output.kind;
}

/** Writes `content` to a stream and leaves it. */
export async function writeStream(
  output: StreamOutput,
  content: string,
  machine: StreamMachine,
): Promise<void> {
  const stream = await openOutputStream(output, machine);
  try {
    await stream.write(content);
  } finally {
    await stream.close();
  }
}
