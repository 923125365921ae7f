/**
 * jq filters, in a thread of their own: a filter may run for ever, and the command must still end at its deadline and on
 * Ctrl-C.
 */
import { Worker } from 'node:worker_threads';
import { Failure } from '../../failure.ts';

/** What the thread does: loads jq, runs one filter, and sends the text of its results. */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const { raw } = require(workerData.module);
raw(workerData.json, workerData.filter, ['-r', '-c']).then(
  (text) => parentPort.postMessage({ text }),
  (error) => parentPort.postMessage({ problem: error.message }),
);`;

/** A result has no more room than this. */
const maxHeapMb = 512;

type Answer = { text: string; problem?: undefined } | { problem: string };

/** The results of a filter, one a line, texts without quotes. Throws a Failure `usage` with jq's words. */
export async function runJq(filter: string, json: string, signal?: AbortSignal): Promise<string> {
  signal?.throwIfAborted();
  const { createRequire } = await import('node:module');
  const module = createRequire(import.meta.url).resolve('jq-wasm');
  const worker = new Worker(program, {
    eval: true,
    stdout: true,
    stderr: true,
    workerData: { module, json, filter },
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
  });
  const stop = () => void worker.terminate();
  signal?.addEventListener('abort', stop);
  try {
    const answer = await new Promise<Answer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (error: Error) => reject(error));
      worker.once('exit', () => reject(new Failure('usage', '--jq: the filter ended early')));
    });
    if (answer.problem !== undefined) throw new Failure('usage', `--jq: ${problemOf(answer.problem)}`);
    return answer.text === '' || answer.text.endsWith('\n') ? answer.text : `${answer.text}\n`;
  } catch (error) {
    // Whatever an end in the middle breaks says less than the reason for it.
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await worker.terminate();
  }
}

/** The first line of what jq says, without its own title. */
function problemOf(problem: string): string {
  const [first = ''] = problem.split('\n');
  return first.replace(/^jq: (error: )?/, '').trim();
}
