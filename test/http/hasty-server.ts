/** A server on a thread of its own: it answers and hangs up while the client is still busy with sending. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';

const serve = `
const { createServer } = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.once('data', () => socket.write(workerData, () => socket.resetAndDestroy()));
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

/** Answers each connection's first bytes with `reply` and resets it; stops after the test. Gives the address. */
export async function startHastyServer(reply: string): Promise<string> {
  const worker = new Worker(serve, { eval: true, workerData: reply });
  onTestFinished(async () => {
    await worker.terminate();
  });
  const [port] = (await once(worker, 'message')) as [number];
  return `http://127.0.0.1:${port}`;
}
