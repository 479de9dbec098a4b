/** End-to-end tests: the real app, one at a time, on the screen that the test runner provides. */
import { defineConfig } from '@playwright/test';

const TEST_TIMEOUT_MS = 180_000;
const EXPECT_TIMEOUT_MS = 20_000;

export default defineConfig({
  testDir: 'test',
  testMatch: ['e2e/**/*.spec.ts', 'security/**/*.spec.ts'],
  outputDir: 'test-results/e2e',
  timeout: TEST_TIMEOUT_MS,
  expect: { timeout: EXPECT_TIMEOUT_MS },
  workers: 1,
  retries: 0,
  reporter: [['list'], ['json']],
});
