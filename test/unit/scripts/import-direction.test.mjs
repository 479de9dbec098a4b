/** Imports go one way between the folders. */
import { describe, expect, it } from 'vitest';
import { importFault } from '../../../scripts/import-direction.mjs';

describe('importFault', () => {
  it.each([
    ['electron/ipc/table.ts', './result.ts'],
    ['electron/engine/scheduler.ts', '../platform/clock.ts'],
    ['electron/engine/scheduler.ts', '../ipc/snapshot.ts'],
    ['electron/engine/llama-adapter.ts', 'node-llama-cpp'],
    ['electron/app/compose-node.ts', '../engine/scheduler.ts'],
    ['electron/app/compose-node.ts', 'electron'],
    ['electron/main.ts', './app/compose-app.ts'],
    ['electron/engine/engine-process.ts', '../models/gguf-format.ts'],
    ['electron/preload.ts', './ipc/table.ts'],
    ['renderer/store/store.ts', '../../electron/ipc/snapshot.ts'],
    ['test/unit/engine/scheduler.test.ts', '../../../electron/engine/scheduler.ts'],
    ['scripts/start.mjs', './launch.mjs'],
  ])('%s may import %s', (from, specifier) => {
    expect(importFault(from, specifier)).toBeNull();
  });

  it.each([
    ['electron/ipc/table.ts', '../platform/clock.ts'],
    ['electron/ipc/table.ts', 'node:fs'],
    ['electron/protocol/session.ts', '../ipc/table.ts'],
    ['electron/engine/scheduler.ts', '../models/gguf-format.ts'],
    ['electron/platform/log.ts', '../hub/hub.ts'],
    ['electron/engine/scheduler.ts', '../app/paths.ts'],
    ['electron/engine/scheduler.ts', '../../test/fakes/manual-clock.ts'],
    ['electron/engine/scheduler.ts', 'electron'],
    ['electron/engine/scheduler.ts', 'electron/main'],
    ['electron/gateway/gateway.ts', 'node-llama-cpp'],
    ['electron/hub/reduce.ts', 'node:fs/promises'],
    ['electron/preload.ts', './platform/log.ts'],
    ['electron/app/compose-node.ts', '../../renderer/format/size.ts'],
    ['renderer/store/store.ts', '../../electron/platform/clock.ts'],
    ['renderer/store/store.ts', 'node:os'],
    ['renderer/store/store.ts', 'electron'],
  ])('%s may not import %s', (from, specifier) => {
    expect(importFault(from, specifier)).toMatch(/\.$/);
  });
});
