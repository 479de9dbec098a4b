/** Earning is turned on and off, tried again, and goes on after a restart only when the owner allows it. */
import { describe, expect, it } from 'vitest';
import { createEarning, nodeFacts, type EarningPorts } from '../../../electron/app/earning.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../electron/app/settings.ts';
import { createGovernor } from '../../../electron/governor/governor.ts';
import { createHub } from '../../../electron/hub/hub.ts';
import type { PresencePolicy } from '../../../electron/ipc/status.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import { createFakeSensors } from '../../fakes/fake-sensors.ts';
import { fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { servedModel } from '../../fakes/relay-net.ts';
import { settled } from '../../fakes/settle.ts';

const RETRY_MS = 30_000;

function setUp(stored: Partial<Settings['earning']> = {}, presence: PresencePolicy | null = null) {
  const clock = createManualClock();
  const log = createMemoryLog();
  const hub = createHub(fakeSnapshot(), clock);
  const sensors = createFakeSensors(clock);
  let current: Settings = {
    ...DEFAULT_SETTINGS,
    earning: { ...DEFAULT_SETTINGS.earning, ...stored },
  };
  const seen = { serves: 0, stops: 0, offers: 0 };
  const network = { fails: false };
  const governor = createGovernor(
    {
      sensors,
      clock,
      log,
      nodeFacts: () => nodeFacts(hub.snapshot()),
      onStatus: (status) => {
        hub.dispatch({ type: 'status-changed', status });
      },
    },
    { isOn: false, policy: 'away', chosenBy: 'owner' },
  );
  const ports: EarningPorts = {
    node: {
      hub,
      settings: {
        current: () => current,
        change: (part) => {
          current = { ...current, ...part };
        },
      },
      changeSettings: (change) => {
        current = { ...current, ...change };
        hub.dispatch({ type: 'settings-changed', change });
      },
      serve: () => {
        seen.serves += 1;
        return Promise.resolve(servedModel());
      },
      stopServing: () => {
        seen.stops += 1;
      },
    },
    practice: {
      open: () => {
        if (network.fails) return Promise.reject(new AppError('network-unavailable'));
        hub.dispatch({ type: 'network-changed', change: { state: 'ready' } });
        return Promise.resolve({ peerKey: '0x00', bootstrapPort: 1 });
      },
    },
    governor,
    presence,
    onOffered: () => {
      seen.offers += 1;
      return Promise.resolve();
    },
    clock,
    log,
  };
  return {
    clock,
    hub,
    sensors,
    seen,
    network,
    governor,
    earning: createEarning(ports),
    settings: () => current,
  };
}

describe('earning', () => {
  it('offers once it is turned on, and withdraws when it is turned off', async () => {
    const { earning, seen, hub, settings } = setUp();
    earning.resume(false);
    expect(seen.serves).toBe(0);
    expect(hub.snapshot().status.mode).toBe('off');
    earning.setOn(true);
    await settled(() => seen.offers === 1, 'the offer');
    expect(settings().earning.isOn).toBe(true);
    expect(hub.snapshot().status).toMatchObject({ mode: 'serving', policy: 'away' });
    earning.setOn(false);
    expect(seen.stops).toBe(1);
    expect(hub.snapshot().status.mode).toBe('off');
    earning.dispose();
  });

  it('goes on by itself after a restart only with the owner’s leave', async () => {
    const quiet = setUp({ isOn: true, afterRestart: false });
    quiet.earning.resume(true);
    expect(quiet.hub.snapshot().status.mode).toBe('off');
    quiet.earning.dispose();
    const opened = setUp({ isOn: true, afterRestart: false });
    opened.earning.resume(false);
    await settled(() => opened.seen.offers === 1, 'the offer of a start by hand');
    opened.earning.dispose();
    const allowed = setUp({ isOn: true, afterRestart: true });
    allowed.earning.resume(true);
    await settled(() => allowed.seen.offers === 1, 'the offer after a restart');
    allowed.earning.dispose();
  });

  it('obeys the command line whatever the settings say, and names it', async () => {
    const { earning, hub, sensors, seen } = setUp({ isOn: false }, 'always');
    sensors.idleSeconds = 0;
    earning.resume(false);
    await settled(() => seen.offers === 1, 'the offer');
    const { status } = hub.snapshot();
    expect(status).toMatchObject({ mode: 'serving', policy: 'always', chosenBy: 'command-line' });
    expect(status.duty).toBeLessThanOrEqual(0.5);
    earning.dispose();
  });

  it('tries again when the network does not come up', async () => {
    const { earning, network, seen, clock } = setUp();
    network.fails = true;
    earning.setOn(true);
    await settled(() => true, 'the failure');
    await Promise.resolve();
    expect(seen.offers).toBe(0);
    network.fails = false;
    // The failure reaches it in a later turn: time passes until it has armed its timer.
    await settled(() => {
      clock.advance(RETRY_MS);
      return seen.offers === 1;
    }, 'the second try');
    earning.dispose();
  });

  it('pauses, and quitting leaves a pause that the owner made alone', async () => {
    const { earning, hub, seen } = setUp();
    earning.setOn(true);
    await settled(() => seen.offers === 1, 'the offer');
    const takeWork = earning.refuseWork();
    expect(hub.snapshot().status.reasons[0]?.code).toBe('snoozed');
    takeWork();
    expect(hub.snapshot().status.mode).toBe('serving');
    earning.pause(60);
    earning.refuseWork()();
    expect(hub.snapshot().status.reasons[0]?.code).toBe('snoozed');
    earning.pause(0);
    expect(hub.snapshot().status.mode).toBe('serving');
    earning.dispose();
  });

  it('serves a trial whatever the policy is, and not afterwards', () => {
    const { earning, hub, sensors, seen } = setUp();
    sensors.idleSeconds = 0;
    earning.resume(false);
    hub.dispatch({ type: 'network-changed', change: { state: 'ready' } });
    const end = earning.beginTrial(10);
    expect(hub.snapshot().status).toMatchObject({ chosenBy: 'trial', trialRelaysLeft: 10 });
    end();
    expect(hub.snapshot().status.mode).toBe('off');
    expect(seen.stops).toBe(1);
    earning.dispose();
  });
});
