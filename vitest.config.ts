import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/per-file-setup.ts'],
    // Processes, not threads: a test may end its own, and the driver keeps sockets.
    pool: 'forks',
    // A process goes through many files: loading the same modules for each took half of what the small ones cost.
    // So no file may replace a module (vi.mock), and what a module keeps must hold for the next file as well.
    isolate: false,
    // A file waits for the server, or the server for it: two leave a quarter of two cores idle.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
    // A test that passes because it asserts nothing, or a file without a test, is a mistake.
    passWithNoTests: false,
    allowOnly: false,
  },
});
