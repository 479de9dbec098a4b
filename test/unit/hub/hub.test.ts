import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHub, PATCH_INTERVAL_MS } from '../../../electron/hub/hub.ts';
import type { HubEvent } from '../../../electron/hub/events.ts';
import { initialSnapshot } from '../../../electron/hub/initial-snapshot.ts';
import { patchSchema, type Patch, type Snapshot } from '../../../electron/ipc/snapshot.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const APP = { version: '0', runtime: 'test', dataFolder: 'data' };

const id = fc.constantFrom('a', 'b', 'c');
const failure = fc.constantFrom('disk-full', 'port-in-use').map((code) => ({
  code: code,
  message: 'm',
  kept: 'k',
  next: 'n',
  details: null,
}));

const anyEvent: fc.Arbitrary<HubEvent> = fc.oneof(
  fc.record({
    type: fc.constant('settings-changed' as const),
    change: fc.record({ theme: fc.constantFrom('light' as const, 'dark' as const) }),
  }),
  fc.record({
    type: fc.constant('conversation-saved' as const),
    conversation: fc.record({
      id,
      title: fc.string(),
      createdAtMs: fc.nat(),
      updatedAtMs: fc.nat(),
    }),
  }),
  fc.record({ type: fc.constant('conversation-deleted' as const), conversationId: id }),
  fc.record({
    type: fc.constant('engine-changed' as const),
    change: fc.record({ loadProgress: fc.double({ min: 0, max: 1, noNaN: true }) }),
  }),
  fc.record({
    type: fc.constant('notice-raised' as const),
    notice: fc.record({ id, failure }),
  }),
  fc.record({ type: fc.constant('notice-dismissed' as const), noticeId: id }),
);

function apply(mirror: Snapshot, patch: Patch): Snapshot {
  expect(patch.version).toBe(mirror.version + 1);
  return { ...mirror, ...patch.changes, version: patch.version } as Snapshot;
}

describe('hub', () => {
  it('lets a mirror that applies every patch equal the snapshot, whatever happens and when', () => {
    const steps = fc.array(fc.tuple(anyEvent, fc.nat({ max: 60 })), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (events) => {
        const clock = createManualClock();
        const hub = createHub(initialSnapshot(APP), clock);
        let mirror = hub.snapshot();
        hub.onPatch((patch) => {
          mirror = apply(mirror, patchSchema.parse(patch));
        });
        for (const [event, waitMs] of events) {
          hub.dispatch(event);
          clock.advance(waitMs);
        }
        clock.advance(PATCH_INTERVAL_MS);
        expect(mirror).toEqual(hub.snapshot());
      }),
    );
  });

  it('tells at most thirty patches a second', () => {
    const clock = createManualClock();
    const hub = createHub(initialSnapshot(APP), clock);
    let patches = 0;
    hub.onPatch(() => patches++);
    for (let ms = 0; ms < 1000; ms++) {
      hub.dispatch({ type: 'engine-changed', change: { loadProgress: ms / 1000 } });
      clock.advance(1);
    }
    expect(patches).toBeGreaterThan(20);
    expect(patches).toBeLessThanOrEqual(30);
  });

  it('gives a newcomer a snapshot that the next patch continues from', () => {
    const clock = createManualClock();
    const hub = createHub(initialSnapshot(APP), clock);
    hub.dispatch({ type: 'settings-changed', change: { theme: 'dark' } });
    const seen = hub.snapshot();
    expect(seen.settings.theme).toBe('dark');
    const patches: Patch[] = [];
    hub.onPatch((patch) => patches.push(patch));
    hub.dispatch({ type: 'settings-changed', change: { theme: 'light' } });
    clock.advance(PATCH_INTERVAL_MS);
    expect(patches).toEqual([
      { version: seen.version + 1, changes: { settings: { ...seen.settings, theme: 'light' } } },
    ]);
  });
});
