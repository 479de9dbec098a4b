/// <reference lib="dom" />
/** What a hostile page could try in the real window; numbers are those of the list in docs/security.md. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { COMMANDS, NOTIFICATIONS } from '../../electron/ipc/table.ts';
import { runLull } from '../e2e/terminal.ts';
import { test } from './shared-app.ts';

const PAGE_URL = 'app://lull/index.html';

test('1: a walk through the screens loads our own scheme alone', async ({ lull }) => {
  const { page, requests } = lull;
  const before = requests.length;
  await page.reload();
  for (const name of ['Home', 'Earnings', 'Wallet', 'Settings']) {
    await page.getByRole('button', { name, exact: true }).first().click();
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  }
  await page.getByRole('button', { name: 'New chat' }).click();
  const seen = new Set(requests.slice(before).map((url) => new URL(url).protocol));
  expect([...seen].filter((protocol) => protocol !== 'data:')).toEqual(['app:']);
});

test('2, 4: the page has no Node and runs in the sandbox', async ({ lull }) => {
  const { app, page } = lull;
  const found = await page.evaluate(() =>
    ['process', 'require', 'module', 'Buffer', 'global'].filter((name) => name in window),
  );
  expect(found).toEqual([]);
  // A worker would need a script address that the page may not make.
  const worker = await page.evaluate(() => {
    try {
      return typeof new Worker('app://lull/worker.js');
    } catch (error) {
      return error instanceof Error ? error.name : 'thrown';
    }
  });
  expect(worker).toBe('TypeError');
  const pid = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
  );
  // Only the system knows for certain: 2 is a system-call filter, as Chromium's sandbox installs it.
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  expect(status).toMatch(/^Seccomp:\s+2$/m);
  expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
});

test('3, 20: the bridge holds the table’s rows and cannot be changed', async ({ lull }) => {
  const keys = await lull.page.evaluate(() => {
    const { lull: bridge } = window as unknown as {
      lull: Record<string, Record<string, unknown>>;
    };
    const before = bridge['command']?.['app.snapshot'];
    try {
      if (bridge['command']) bridge['command']['app.snapshot'] = () => 'mine';
    } catch {
      // A frozen object may throw; what counts is that nothing changed.
    }
    return {
      bridge: Object.keys(bridge).sort(),
      commands: Object.keys(bridge['command'] ?? {}).sort(),
      notifications: Object.keys(bridge['on'] ?? {}).sort(),
      same: bridge['command']?.['app.snapshot'] === before,
    };
  });
  expect(keys).toEqual({
    bridge: ['command', 'on', 'openDroppedModel'],
    commands: Object.keys(COMMANDS).sort(),
    notifications: Object.keys(NOTIFICATIONS).sort(),
    same: true,
  });
});

test('3: what the page does to its own built-ins is not seen by the preload script', async ({
  lull,
}) => {
  const ok = await lull.page.evaluate(async () => {
    const { lull: bridge } = window as unknown as {
      lull: { command: Record<string, () => Promise<{ ok: boolean }>> };
    };
    const { map } = Array.prototype;
    const { then } = Promise.prototype;
    const seen: string[] = [];
    Array.prototype.map = function spy(this: unknown[], ...args: Parameters<typeof map>) {
      seen.push(new Error().stack ?? '');
      return map.apply(this, args);
    } as typeof map;
    const answer = await bridge.command['app.snapshot']?.();
    Array.prototype.map = map;
    const preload = seen.filter((stack) => stack.includes('preload'));
    return answer?.ok === true && preload.length === 0 && then === Promise.prototype.then;
  });
  expect(ok).toBe(true);
});

test('20: who listens gets a body and no event', async ({ lull }) => {
  const seen = await lull.page.evaluate(async () => {
    interface Bridge {
      readonly command: Record<string, (input?: unknown) => Promise<unknown>>;
      readonly on: Record<string, (listener: (...args: unknown[]) => void) => () => void>;
    }
    const { lull: bridge } = window as unknown as { lull: Bridge };
    const heard = new Promise<unknown[]>((resolve) => {
      bridge.on['hub.patch']?.((...args) => {
        resolve(args);
      });
    });
    await bridge.command['settings.setTheme']?.({ theme: 'dark' });
    const [body, ...rest] = await heard;
    await bridge.command['settings.setTheme']?.({ theme: 'system' });
    return { keys: Object.keys(body as object).sort(), rest: rest.length };
  });
  expect(seen).toEqual({ keys: ['changes', 'version'], rest: 0 });
});

test('6, 8, 9, 10: the window has no weakened preference', async ({ lull }) => {
  const preferences = await lull.app.evaluate(({ webContents }) =>
    webContents.getAllWebContents().map((contents) => {
      const { getLastWebPreferences: read } = contents as unknown as {
        getLastWebPreferences?: (this: unknown) => Record<string, unknown>;
      };
      return read?.call(contents) ?? {};
    }),
  );
  for (const preference of preferences) {
    expect(preference).toMatchObject({
      ...{ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true },
      ...{ allowRunningInsecureContent: false, experimentalFeatures: false, webviewTag: false },
    });
    expect(preference['enableBlinkFeatures'] ?? '').toBe('');
  }
});

test('17: another window of ours is refused, and counted in the log', async ({ lull }) => {
  const { app, dataFolder } = lull;
  const refused = await app.evaluate(async ({ app: electron, BrowserWindow }, url) => {
    const preload = `${electron.getAppPath()}/dist/electron/preload.cjs`;
    const stranger = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
    await stranger.loadURL(url);
    const code: unknown = await stranger.webContents.executeJavaScript(
      `lull.command['endpoint.copyToken']().then(({ code }) => code)`,
    );
    stranger.destroy();
    return code;
  }, PAGE_URL);
  expect(refused).toBe('refused');
  const log = readFileSync(join(dataFolder, 'lull.log'), 'utf8');
  // Its page had asked for the snapshot before.
  expect(log).toMatch(/refused a foreign command name=endpoint\.copyToken count=\d+/);
});

test('17: a command with a wrong shape is refused with a code', async ({ lull }) => {
  const result = await lull.page.evaluate(() => {
    const { lull: bridge } = window as unknown as {
      lull: { command: Record<string, (input: unknown) => Promise<unknown>> };
    };
    return bridge.command['chat.open']?.({ conversationId: 'a', extra: '../../etc/passwd' });
  });
  expect(result).toMatchObject({ ok: false, code: 'bad-request' });
});

test('18: our scheme serves the page’s files alone, and a file is no page', async ({ lull }) => {
  const statuses = await lull.app.evaluate(async ({ net }) => {
    const ask = (url: string, method = 'GET') =>
      net.fetch(url, { method }).then(
        ({ status }) => status,
        (error: unknown) => String(error).includes('BLOCKED_BY_CLIENT') && 'blocked',
      );
    return [
      await ask('app://lull/index.html'),
      await ask('app://lull/index.html', 'POST'),
      await ask('app://evil/index.html'),
      await ask('app://lull/..%2f..%2fpackage.json'),
    ];
  });
  // Another host does not even get as far as its 404.
  expect(statuses).toEqual([200, 405, 'blocked', 403]);
  const outcome = await lull.app.evaluate(async ({ BrowserWindow }) => {
    const stranger = new BrowserWindow({ show: false });
    const loaded = await stranger.loadURL('file:///etc/hostname').then(
      () => 'loaded',
      () => 'refused',
    );
    stranger.destroy();
    return loaded;
  });
  expect(outcome).toBe('refused');
});

test('26: a second copy leaves, and the first stays as it is', async ({ lull }) => {
  const { app, dataFolder } = lull;
  const { code } = await runLull(join(dataFolder, '..'), []).ended;
  expect(code).toBe(0);
  const windows = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  expect(windows).toBe(1);
});

test('27: no developer tools, whatever key is pressed', async ({ lull }) => {
  const { app, page } = lull;
  await page.keyboard.press('Control+Shift+I');
  await page.keyboard.press('F12');
  const isOpen = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map(({ webContents }) => webContents.isDevToolsOpened()),
  );
  expect(isOpen).toEqual([false]);
});
