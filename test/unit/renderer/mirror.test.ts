/** The mirror of main's snapshot: patches in order, gaps, and what arrives while it asks. */
import { describe, expect, it, vi } from 'vitest';
import type { Snapshot, Theme } from '../../../electron/ipc/snapshot.ts';
import { applyPatch, createMirror } from '../../../renderer/store/mirror.ts';
import { createFakeBridge, type FakeBridge } from '../../fakes/fake-bridge.ts';
import { fakeSnapshot } from '../../fakes/fake-snapshot.ts';

const themed = (theme: Theme) => ({ ...fakeSnapshot().settings, theme });

describe('applyPatch', () => {
  const snapshot = fakeSnapshot({ version: 7 });

  it('replaces only what the next patch names', () => {
    const settings = { ...snapshot.settings, theme: 'dark' as const };
    const outcome = applyPatch(snapshot, { version: 8, changes: { settings } });
    expect(outcome).toEqual({ kind: 'applied', snapshot: { ...snapshot, version: 8, settings } });
    if (outcome.kind !== 'applied') throw new Error('unreachable');
    expect(outcome.snapshot.engine).toBe(snapshot.engine);
  });

  it('takes over every part of the snapshot', () => {
    const { version, ...changes } = fakeSnapshot({ version: 8 });
    const outcome = applyPatch(snapshot, { version, changes });
    if (outcome.kind !== 'applied') throw new Error('not applied');
    const parts = new Map<string, unknown>(Object.entries(outcome.snapshot));
    for (const [name, part] of Object.entries(changes)) expect(parts.get(name), name).toBe(part);
  });

  it('ignores what the snapshot already contains', () => {
    expect(applyPatch(snapshot, { version: 7, changes: {} }).kind).toBe('stale');
    expect(applyPatch(snapshot, { version: 2, changes: {} }).kind).toBe('stale');
  });

  it('notices that a patch is missing', () => {
    expect(applyPatch(snapshot, { version: 9, changes: {} }).kind).toBe('gap');
  });
});

function start(fake: FakeBridge) {
  const seen: Snapshot[] = [];
  const onFailure = vi.fn();
  const mirror = createMirror(fake.bridge, {
    onSnapshot: (snapshot) => seen.push(snapshot),
    onFailure,
  });
  const asked = () => fake.calls.filter(({ name }) => name === 'app.snapshot').length;
  return { seen, onFailure, mirror, asked, last: () => seen.at(-1) };
}

describe('createMirror', () => {
  it('follows the patches after the first snapshot', async () => {
    const fake = createFakeBridge();
    const { mirror, last, asked } = start(fake);
    await mirror.refresh();
    fake.patch({ settings: themed('light') });
    fake.patch({ settings: themed('dark') });
    expect(last()?.settings.theme).toBe('dark');
    expect(last()?.version).toBe(3);
    expect(asked()).toBe(1);
  });

  it('keeps patches that arrive before the first snapshot', async () => {
    const fake = createFakeBridge();
    const { mirror, last } = start(fake);
    const first = mirror.refresh();
    fake.patch({ settings: themed('dark') });
    await first;
    expect(last()?.settings.theme).toBe('dark');
    expect(last()?.version).toBe(2);
  });

  it('asks for the whole snapshot again when a patch was lost', async () => {
    const fake = createFakeBridge();
    const { mirror, last, asked } = start(fake);
    await mirror.refresh();
    fake.patchSilently({ endpoint: { ...fakeSnapshot().endpoint, state: 'failed' } });
    fake.patch({ settings: themed('dark') });
    await vi.waitFor(() => {
      expect(last()?.version).toBe(3);
    });
    expect(last()?.endpoint.state).toBe('failed');
    expect(last()?.settings.theme).toBe('dark');
    expect(asked()).toBe(2);
  });

  it('tells a failed start and recovers when asked again', async () => {
    const fake = createFakeBridge();
    const { mirror, onFailure, seen } = start(fake);
    fake.failNext('app.snapshot', 'internal', 'not yet');
    await mirror.refresh();
    expect(onFailure).toHaveBeenCalledWith(
      expect.objectContaining({ code: 'internal', details: 'not yet' }),
    );
    await mirror.refresh();
    expect(seen).toHaveLength(1);
  });

  it('hears nothing after it was disposed', async () => {
    const fake = createFakeBridge();
    const { mirror, seen } = start(fake);
    await mirror.refresh();
    mirror.dispose();
    fake.patch({ settings: themed('dark') });
    expect(seen).toHaveLength(1);
  });
});
