/// <reference lib="dom" />
/** Leaves pictures of a screen, in both themes and two widths, for a person to look at. */
import { resolve } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import type { Bridge } from '../../electron/ipc/table.ts';

const FOLDER = resolve(import.meta.dirname, '../../screenshots');

const SIZES = { wide: [1280, 800], narrow: [420, 800] } as const;

/**
 * Takes `<name>-<light|dark>-<wide|narrow>.png`, and leaves the window wide and light.
 * @param show brings what is meant into view again, since another width moves it
 */
export async function photograph(
  app: ElectronApplication,
  page: Page,
  name: string,
  show?: () => Promise<void>,
): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(page, theme);
    for (const size of ['narrow', 'wide'] as const) {
      const [width, height] = SIZES[size];
      await resizeWindow(app, width, height);
      await page.waitForFunction((wanted) => window.innerWidth === wanted, width);
      await show?.();
      await page.screenshot({ path: `${FOLDER}/${name}-${theme}-${size}.png` });
    }
  }
}

export async function setTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.evaluate(async (wanted) => {
    const { lull } = window as unknown as { readonly lull: Bridge };
    await lull.command['settings.setTheme']({ theme: wanted });
  }, theme);
  await page.locator(`html[data-theme="${theme}"]`).waitFor();
}

async function resizeWindow(
  app: ElectronApplication,
  width: number,
  height: number,
): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, size) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height);
    },
    { width, height },
  );
}
