/** Servers that break the rules of HTTP, or of TCP, at a chosen moment. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Hands every connection to `serve`; stops after the test. Gives the address. */
export async function startRawServer(serve: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    serve(socket);
  });
  await listen(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Calls `then` once so many bytes came in; what comes later is read and forgotten. */
export function afterBytes(socket: Socket, count: number, then: () => void): void {
  let seen = 0;
  socket.on('data', (part) => {
    const before = seen;
    seen += part.length;
    if (before < count && seen >= count) then();
  });
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
}
