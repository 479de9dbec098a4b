import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { ask, test } from './app.ts';
test('two', async ({ folder, launch }) => {
  const hostFolder = join(folder, 'host');
  const host = await launch({ dataFolder: hostFolder, args: ['--presence=always'] });
  const info = join(hostFolder, 'practice.json');
  await expect.poll(() => existsSync(info), { timeout: 60_000 }).toBe(true);
  const guest = await launch({ dataFolder: join(folder, 'guest'), args: [`--join=${info}`] });
  await guest.page.getByRole('radio', { name: 'Network' }).check({ force: true });
  await ask(guest.page, 'What is the capital of France?');
  try {
    await expect(guest.page.getByRole('article', { name: 'Answer' })).toContainText('Paris', { timeout: 40_000 });
  } catch (e) {
    console.log('GUEST', await guest.page.locator('body').innerText());
    await host.page.getByRole('button', { name: /^Status/ }).click();
    await host.page.waitForTimeout(1000);
    console.log('HOST', await host.page.locator('body').innerText());
    for (const n of ['host', 'guest']) console.log(n, readFileSync(join(folder, n, 'lull.log'), 'utf8').slice(-3000));
    throw e;
  }
});
