/**
 * Stands for `node:http` in undici, which asks it for two values and takes 5 ms to load it: how long headers may be unless a client
 * says so, and the class of a server's requests, which nobody here sends on.
 */
export const maxHeaderSize = 16 * 1024;
export class IncomingMessage {}
export default { maxHeaderSize, IncomingMessage };
