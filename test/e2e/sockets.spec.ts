/** Nothing leaves this computer: while Lull starts, prepares and answers, every socket is on loopback. */
import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { ask, test } from './app.ts';
import { isLoopback, socketsOf, type HeldSocket } from './sockets.ts';
import { runLull } from './terminal.ts';

const SAMPLE_MS = 20;
const PREPARED_MS = 120_000;

/** Looks again and again until it is stopped, because a socket may live only for a moment. */
function watch(pid: number): { stop(): readonly HeldSocket[]; seen: Map<string, HeldSocket> } {
  const seen = new Map<string, HeldSocket>();
  const look = (): void => {
    for (const socket of socketsOf(pid)) seen.set(JSON.stringify(socket), socket);
  };
  const timer = setInterval(look, SAMPLE_MS);
  return {
    seen,
    stop() {
      clearInterval(timer);
      return [...seen.values()];
    },
  };
}

test('the list of sockets sees one that is not on loopback', async () => {
  const socket = createSocket('udp4');
  await new Promise<void>((bound) => socket.bind(0, '0.0.0.0', bound));
  const strangers = socketsOf(process.pid).filter((held) => !isLoopback(held));
  socket.close();
  expect(strangers).toHaveLength(1);
});

test('start, preparation, chat and endpoint of the window stay on loopback', async ({
  folder,
  launch,
}) => {
  const { app, page } = await launch({ cacheFolder: join(folder, 'cache') });
  const watcher = watch(app.process().pid ?? 0);
  await expect(page.getByText('What would you like to ask?')).toBeVisible({ timeout: PREPARED_MS });
  await ask(page, 'Hello there');
  await expect(page.getByRole('list', { name: 'About this answer' })).toBeVisible();
  const held = watcher.stop();
  // The endpoint at least must have been seen, or the test watched the wrong processes.
  expect(held.some(({ local }) => local.startsWith('127.0.0.1:'))).toBe(true);
  expect(held.filter((socket) => !isLoopback(socket))).toEqual([]);
});

test('headless stays on loopback', async ({ folder }) => {
  const lull = runLull(folder, ['--headless', '--json'], { cacheFolder: join(folder, 'cache') });
  const watcher = watch(lull.child.pid ?? 0);
  await lull.firstLine;
  const held = watcher.stop();
  lull.child.kill('SIGTERM');
  await lull.ended;
  expect(held.some(({ local }) => local.startsWith('127.0.0.1:'))).toBe(true);
  expect(held.filter((socket) => !isLoopback(socket))).toEqual([]);
});
