/**
 * What `src/http` uses of undici, in a quarter of the time that the whole takes to load: without fetch, caches, WebSocket, mocks.
 * The parts are named as the package's own index.js (undici 7) names them, and it gives dispatchers their methods.
 */
import connect from 'undici/lib/api/api-connect.js';
import request from 'undici/lib/api/api-request.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';

Object.assign(Dispatcher.prototype, { connect, request });

export { default as buildConnector } from 'undici/lib/core/connect.js';
export { default as EnvHttpProxyAgent } from 'undici/lib/dispatcher/env-http-proxy-agent.js';
export { default as Pool } from 'undici/lib/dispatcher/pool.js';
