/** What the build makes of packages, one module each. */
declare module '#bundled/aws-sdk' {
  export * from '@aws-sdk/client-s3';
}

declare module '#bundled/undici' {
  export { buildConnector, EnvHttpProxyAgent, Pool, type Dispatcher } from 'undici';
}
