/** What the status says of earning stays true while parts of Lull die and come back, and quitting waits for none. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DesktopApp } from '../../../electron/app/compose-desktop.ts';
import { LONGEST_END_MS } from '../../../electron/app/ending.ts';
import type { Status } from '../../../electron/ipc/status.ts';
import { createDesktop, type RunningDesktop } from '../../fakes/desktop.ts';

let folder: string;
let desktop: RunningDesktop | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lull-earning-'));
});
afterEach(async () => {
  await desktop?.dispose();
  desktop = null;
  rmSync(folder, { recursive: true, force: true });
});

function start(changes: Parameters<typeof createDesktop>[1]): RunningDesktop {
  desktop = createDesktop(folder, changes);
  return desktop;
}

function until({ node: { hub } }: DesktopApp, holds: (status: Status) => boolean): Promise<Status> {
  return new Promise((resolve) => {
    const look = (): void => {
      const { status } = hub.snapshot();
      if (!holds(status)) return;
      stop();
      resolve(status);
    };
    const stop = hub.onPatch(look);
    queueMicrotask(look);
  });
}

it('serves no more while the process with the sockets is gone, and again when it is back', async () => {
  const { app, children } = start({ presence: 'always' });
  const seen: Status[] = [];
  app.node.hub.onPatch(({ changes }) => {
    if (changes.status) seen.push(changes.status);
  });
  await app.start();
  await until(app, ({ mode }) => mode === 'serving');
  expect((await app.node.market()).supplier.card()).toMatchObject({ serving: true });
  for (const status of seen.slice(0, -1)) expect(status.mode).not.toBe('serving');
  const edge = children.processes.find(({ spawnargs }) =>
    spawnargs.some((arg) => arg.includes('edge-process')),
  );
  edge?.kill('SIGKILL');
  const { reasons } = await until(app, ({ mode }) => mode === 'waiting');
  expect(reasons[0]?.code).toBe('network-starting');
  await until(app, ({ mode }) => mode === 'serving');
});

it('earns as its settings say though the model of the command line is not there', async () => {
  const { app } = start({ presence: 'always', modelPath: join(folder, 'none.gguf') });
  await expect(app.start()).rejects.toMatchObject({ code: 'model-missing' });
  await until(app, ({ mode }) => mode === 'serving');
});

it.each([
  'Starting the practice chain',
  'Finding other computers',
  'Opening accounts',
  'Waking the neighbour',
])('ends at once in the middle of a trial that begins: %s', async (step) => {
  const { app } = start({});
  const { hub } = app.node;
  await app.start();
  await app.node.preparation.ready();
  const reached = new Promise<void>((resolve) => {
    hub.onPatch(({ changes }) => {
      if (changes.network?.detail === step) resolve();
    });
  });
  app.earning.trial.start();
  // The first step is told in a patch of its own only when nothing else was.
  hub.snapshot();
  await reached;
  const beganMs = performance.now();
  await app.dispose();
  expect(performance.now() - beganMs).toBeLessThan(LONGEST_END_MS / 2);
});
