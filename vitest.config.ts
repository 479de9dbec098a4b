/** The layers that run without a window, each a project of its own. */
import { defineConfig } from 'vitest/config';

const SLOW_TEST_MS = 120_000;

export default defineConfig({
  test: {
    // The checkout may belong to another account than the one that tests it.
    cache: false,
    passWithNoTests: true,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.{ts,tsx,mjs}'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: SLOW_TEST_MS,
          hookTimeout: SLOW_TEST_MS,
          // Models and processes share two cores at worst: one file at a time keeps timings honest.
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'security',
          include: ['test/security/**/*.test.ts'],
          testTimeout: SLOW_TEST_MS,
        },
      },
    ],
  },
});
