/**
 * Stands for `node:http2` in what is bundled. undici loads it with each of its clients, which takes 10 ms, and no client here
 * offers a server anything but HTTP/1.1.
 */
export const constants = {};
export default { constants };
