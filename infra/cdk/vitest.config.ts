import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Loading the CDK takes longer than all tests: once, in one worker, which
    // also keeps the templates that it has made.
    isolate: false,
    fileParallelism: false,
    maxWorkers: 1,
    // A synthesis takes seconds where other builds run beside it.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
