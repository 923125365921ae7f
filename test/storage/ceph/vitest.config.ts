/** `npm run test:storage`: the tests that need Ceph. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/storage/ceph/*.suite.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    pool: 'forks',
    // The suite makes its bucket by the SDK itself.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
