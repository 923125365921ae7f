/**
 * Defers write errors until the reply, if any, is read. A server may reply before it has read the body ("too many
 * active imports") and close at once; Node destroys a socket at the first failed write, and the reply with it.
 */
import type { Socket } from 'node:net';

const goneCodes = new Set(['EPIPE', 'ECONNRESET']);

type Written = (error?: Error | null) => void;

/** Makes a socket deliver what it has received before it fails on a write. Returns the socket. */
export function deferWriteErrors<S extends Socket>(socket: S): S {
  const write = socket._write.bind(socket);
  socket._write = (chunk, encoding, written) => write(chunk, encoding, deferred(socket, written));
  if (socket._writev) {
    const writeMany = socket._writev.bind(socket);
    socket._writev = (chunks, written) => writeMany(chunks, deferred(socket, written));
  }
  return socket;
}

function deferred(socket: Socket, written: Written): Written {
  return (error) => {
    const isGone =
      error !== null && error !== undefined && 'code' in error && goneCodes.has(String(error.code));
    if (!isGone || socket.readableEnded || socket.destroyed) return written(error);
    // The system knows that the other side is gone: reading ends by itself, with what had come before.
    const fail = () => {
      socket.off('close', fail);
      socket.off('end', fail);
      written(error);
    };
    socket.once('close', fail);
    socket.once('end', fail);
  };
}
