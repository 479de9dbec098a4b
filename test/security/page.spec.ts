/// <reference lib="dom" />
/** What a hostile page could ask of Chromium; numbers are those of the list in docs/security.md. */
import { expect } from '@playwright/test';
import { test } from './shared-app.ts';

/** Every name that Electron's documentation lists for its permission handlers and that a page can query. */
const PERMISSIONS = [
  ...['accelerometer', 'ambient-light-sensor', 'background-sync', 'camera', 'clipboard-read'],
  ...['display-capture', 'geolocation', 'gyroscope', 'idle-detection', 'keyboard-lock'],
  ...['local-fonts', 'magnetometer', 'microphone', 'midi', 'notifications', 'payment-handler'],
  ...['persistent-storage', 'pointer-lock', 'screen-wake-lock', 'speaker-selection'],
  ...['storage-access', 'top-level-storage-access', 'window-management'],
];

test('5: no permission is granted but copying text, whether it is asked or checked', async ({
  lull,
}) => {
  const found = await lull.page.evaluate(async (names) => {
    const states = await Promise.all(
      names.map((name) =>
        navigator.permissions.query({ name: name as PermissionName }).then(
          ({ state }) => [name, state] as const,
          // Chromium does not know it under this name.
          () => [name, 'unknown'] as const,
        ),
      ),
    );
    const devices = navigator as unknown as Record<
      string,
      Record<string, ((options: object) => Promise<unknown>) | undefined> | undefined
    >;
    const notified = Notification.requestPermission().then((state) => {
      if (state !== 'granted') throw new Error(state);
    });
    const wishes: Record<string, Promise<unknown> | undefined> = {
      media: navigator.mediaDevices.getUserMedia({ audio: true, video: true }),
      display: navigator.mediaDevices.getDisplayMedia(),
      notification: notified,
      clipboard: navigator.clipboard.readText(),
      usb: devices['usb']?.['requestDevice']?.({ filters: [] }),
      serial: devices['serial']?.['requestPort']?.({}),
      bluetooth: devices['bluetooth']?.['requestDevice']?.({ acceptAllDevices: true }),
    };
    const outcomes = await Promise.allSettled(
      Object.values(wishes).map((wish) => Promise.resolve(wish)),
    );
    const granted = Object.keys(wishes).filter(
      (_name, index) => outcomes[index]?.status === 'fulfilled',
    );
    // What Chromium does not offer here at all resolves to nothing.
    return { states, granted: granted.filter((name) => wishes[name] !== undefined) };
  }, PERMISSIONS);
  expect(found.states.filter(([, state]) => state !== 'unknown').length).toBeGreaterThan(12);
  expect(found.states.filter(([, state]) => state === 'granted' || state === 'prompt')).toEqual([]);
  expect(found.granted).toEqual([]);
});

test('7: no inline script, no eval, no image, request, base or form to anywhere', async ({
  lull,
}) => {
  const { page } = lull;
  const outcome = await page.evaluate(async () => {
    const refused: string[] = [];
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
      refused.push(effectiveDirective);
    });
    const requests = ['https://example.org/', 'http://127.0.0.1:1/', 'app://lull/index.html'];
    const results = await Promise.allSettled(requests.map((url) => fetch(url)));
    const image = new Image();
    image.src = 'https://example.org/a.png';
    await new Promise((done) => {
      image.onerror = done;
    });
    const base = document.createElement('base');
    base.href = 'https://example.org/';
    document.head.append(base);
    // Into a frame of its own: the driver would wait for the page to go where it may not.
    const sink = document.createElement('iframe');
    sink.name = 'sink';
    const form = document.createElement('form');
    Object.assign(form, { action: 'https://example.org/', method: 'post', target: sink.name });
    document.body.append(sink, form);
    form.submit();
    const script = document.createElement('script');
    let isMarkupRefused = false;
    try {
      script.text = 'window.hacked = true';
      document.body.append(script);
    } catch {
      isMarkupRefused = true;
    }
    // The reports come a moment after what they are about.
    await new Promise((done) => setTimeout(done, 100));
    const isBase = document.baseURI.startsWith('app://lull/');
    for (const made of [base, sink, form, script]) made.remove();
    const isHacked = 'hacked' in window;
    return { refused, isBase, isHacked, isMarkupRefused, fetched: results.map((r) => r.status) };
  });
  expect(outcome.fetched).toEqual(['rejected', 'rejected', 'rejected']);
  expect(outcome).toMatchObject({ isBase: true, isHacked: false, isMarkupRefused: true });
  expect(outcome.refused).toEqual(
    expect.arrayContaining(['connect-src', 'img-src', 'base-uri', 'form-action']),
  );
  const evaluated = await page.evaluate(
    () =>
      new Promise((done) => {
        // Later, because the policy does not hold for what the test itself evaluates.
        setTimeout(() => {
          try {
            // Not written as a call of Function, which the linter refuses as the policy does.
            done(typeof Reflect.construct(Function, ['return 1']));
          } catch (error) {
            done(error instanceof Error ? error.name : 'thrown');
          }
        }, 0);
      }),
  );
  expect(evaluated).toBe('EvalError');
});

test('11 to 14: the page stays where it is and opens nothing', async ({ lull }) => {
  const { app, page } = lull;
  await page.getByRole('button', { name: 'New chat' }).click();
  await expect(page.getByRole('textbox', { name: 'Your question' })).toBeVisible();
  const url = page.url();
  await page.evaluate(() => {
    const link = document.createElement('a');
    link.href = 'https://example.org/';
    document.body.append(link);
    link.click();
    link.target = '_blank';
    link.click();
    link.dispatchEvent(new MouseEvent('auxclick', { button: 1, bubbles: true }));
    window.open('https://example.org/');
    window.open('app://lull/index.html');
    document.body.append(document.createElement('webview'));
    const frame = document.createElement('iframe');
    frame.src = 'https://example.org/';
    document.body.append(frame);
    const own = document.createElement('iframe');
    own.src = 'app://lull/index.html';
    document.body.append(own);
    const refresh = document.createElement('meta');
    refresh.httpEquiv = 'refresh';
    refresh.content = '0; url=https://example.org/';
    document.head.append(refresh);
    location.assign('https://example.org/');
    location.assign('file:///etc/passwd');
  });
  // Asked through main, because the driver itself waits for a navigation that never comes.
  const seen = await app.evaluate(async ({ webContents }) => {
    const contents = webContents.getAllWebContents();
    const field = `document.querySelectorAll('textarea').length`;
    const fields: unknown = await contents[0]?.executeJavaScript(field);
    return { pages: contents.length, url: contents[0]?.getURL(), fields };
  });
  expect(seen).toEqual({ pages: 1, url, fields: 1 });
  expect(app.windows()).toHaveLength(1);
});
