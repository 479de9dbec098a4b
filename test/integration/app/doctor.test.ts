/** The doctor on a real folder and a real hub: looks by itself when something changes, and anew when asked. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDoctor, type Doctor } from '../../../electron/app/doctor.ts';
import { createDoctorFacts, type GatherFacts } from '../../../electron/app/doctor-facts.ts';
import { createHub, type Hub } from '../../../electron/hub/hub.ts';
import { fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { createManualClock, type ManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { settled } from '../../fakes/settle.ts';

const UNKNOWN = { idleMs: null, isLocked: null, power: null };

describe('the doctor', () => {
  let folder: string;
  let clock: ManualClock;
  let hub: Hub;
  let doctor: Doctor;
  /** Of each look, whether it was asked for. */
  let looks: boolean[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lull-doctor-'));
    clock = createManualClock();
    hub = createHub(fakeSnapshot(), clock);
    looks = [];
    const gather = createDoctorFacts({
      dataFolder: folder,
      opensEndpoint: true,
      sensors: () => UNKNOWN,
      clock,
    });
    const facts: GatherFacts = async (isAsked) => {
      const found = await gather(isAsked);
      looks.push(isAsked);
      return found;
    };
    doctor = createDoctor({ hub, facts, clock, log: createMemoryLog() });
  });

  afterEach(() => {
    doctor.dispose();
    hub.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const stateOf = (id: string): string | undefined =>
    hub.snapshot().doctor.checks.find((check) => check.id === id)?.state;
  const look = async (count: number): Promise<void> => {
    clock.advance(2_000);
    await settled(() => looks.length === count, `look ${count}`);
  };

  it('looks soon after the start, and leaves nothing behind in the folder', async () => {
    expect(hub.snapshot().doctor.checks).toEqual([]);
    await look(1);
    await settled(() => stateOf('data-folder') === 'ok', 'the folder is good');
    expect(hub.snapshot().doctor.checks[0]?.proof).toMatch(/read back and removed; [\d.]+ GiB/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('looks once after a burst of changes, and not again at its own findings', async () => {
    await look(1);
    await settled(() => stateOf('network') === 'off', 'the first look');
    const before = hub.snapshot().doctor;
    for (const detail of ['one', 'two', 'three']) {
      hub.dispatch({ type: 'network-changed', change: { state: 'starting', detail } });
      clock.advance(100);
    }
    await look(2);
    await settled(() => stateOf('network') === 'running', 'the second look');
    expect(hub.snapshot().doctor.atMs).toBeGreaterThan(before.atMs);
    clock.advance(600_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(looks).toEqual([false, false]);
  });

  it('keeps quiet when nothing has changed, but answers whoever asks', async () => {
    await look(1);
    await settled(() => stateOf('engine') === 'ok', 'the first look');
    const before = hub.snapshot().doctor;
    hub.dispatch({ type: 'engine-changed', change: { threads: 7 } });
    clock.advance(100);
    await look(2);
    expect(hub.snapshot().doctor).toBe(before);
    await doctor.run();
    expect(hub.snapshot().doctor.atMs).toBeGreaterThan(before.atMs);
  });

  it('sees that the folder has gone, when asked', async () => {
    await doctor.run();
    expect(stateOf('data-folder')).toBe('ok');
    rmSync(folder, { recursive: true });
    await doctor.run();
    expect(stateOf('data-folder')).toBe('failed');
    expect(hub.snapshot().doctor.checks[0]?.proof).toContain('ENOENT');
  });
});
