/** One copy of Lull for all tests of a file, because a start costs more than what is looked at. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, test as base } from '@playwright/test';
import { argumentsFor, ELECTRON, environment, leaveWelcome, type Lull } from '../e2e/app.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export interface SharedLull extends Lull {
  readonly dataFolder: string;
  /** What the page has asked for since it was opened, and what it said about refusals. */
  readonly requests: readonly string[];
}

interface WorkerFixtures {
  readonly lull: SharedLull;
}

export const test = base.extend<object, WorkerFixtures>({
  lull: [
    // Playwright wants a pattern here, so it names one fixture that costs nothing.
    async ({ browserName }, use) => {
      const folder = mkdtempSync(join(tmpdir(), `lull-security-${browserName}-`));
      const dataFolder = join(folder, 'data');
      leaveWelcome(dataFolder);
      const app = await _electron.launch({
        executablePath: ELECTRON,
        args: [ROOT, ...argumentsFor(folder, {})],
        env: environment(),
        chromiumSandbox: true,
      });
      const requests: string[] = [];
      app.context().on('request', (request) => requests.push(request.url()));
      const page = await app.firstWindow();
      await page.getByRole('textbox', { name: 'Your question' }).waitFor();
      await use({ app, page, dataFolder, requests });
      await app.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
    { scope: 'worker' },
  ],
});
