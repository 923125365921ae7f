/** What the build makes of the AWS SDK, in one module. */
declare module '#storage/sdk' {
  export * from '@aws-sdk/client-s3';
}
