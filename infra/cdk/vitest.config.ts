import { defineConfig } from 'vitest/config';

// A synthesis takes seconds where other builds run beside it.
export default defineConfig({ test: { include: ['test/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 } });
