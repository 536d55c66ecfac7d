import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/per-file-setup.ts'],
    // Processes, not threads: a test may end its own, and the driver keeps sockets.
    pool: 'forks',
    // Each file has several sessions on one server; more files at once only lengthen each other.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
    // A test that passes because it asserts nothing, or a file without a test, is a mistake.
    passWithNoTests: false,
    allowOnly: false,
  },
});
