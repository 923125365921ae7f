/**
 * Runs jq filters in a worker thread: a filter may never end, and the command must still end at its deadline
 * and on Ctrl-C.
 */
import { Worker } from 'node:worker_threads';
import { Failure } from '../../failure.ts';

/** The worker's program: loads jq, runs one filter, and sends the text of its results. */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const { raw } = require(workerData.module);
raw(workerData.json, workerData.filter, ['-r', '-c']).then(
  (text) => parentPort.postMessage({ text }),
  (error) => parentPort.postMessage({ problem: error.message }),
);`;

/** The memory limit of the worker. */
const maxHeapMb = 512;

type Answer = { text: string; problem?: undefined } | { problem: string };

/**
 * The results of a filter, one per line, strings without quotes. Throws a Failure `usage` with jq's message,
 * or the reason of `signal`.
 */
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
    // Errors caused by the abort are less informative than its reason.
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await worker.terminate();
  }
}

/** The first line of jq's message, without its prefix. */
function problemOf(problem: string): string {
  const [first = ''] = problem.split('\n');
  return first.replace(/^jq: (error: )?/, '').trim();
}
