/** Earning is turned on and off, tried again, and goes on after a restart only when the owner allows it. */
import { describe, expect, it } from 'vitest';
import { createEarning, type EarningPorts } from '../../../electron/app/earning.ts';
import { nodeFacts } from '../../../electron/app/node-facts.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../electron/app/settings.ts';
import { createGovernor } from '../../../electron/governor/governor.ts';
import { createHub } from '../../../electron/hub/hub.ts';
import { DEFAULT_GOVERNOR_SETTINGS } from '../../../electron/ipc/governor.ts';
import type { PresencePolicy } from '../../../electron/ipc/status.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import { failureText } from '../../../electron/platform/failure-text.ts';
import { createFakeSensors } from '../../fakes/fake-sensors.ts';
import { fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { servedModel } from '../../fakes/relay-net.ts';
import { quiet, settled } from '../../fakes/settle.ts';

const RETRY_MS = 30_000;
const NOBODY = { isAnswering: () => false, isRecent: () => false };
const IDLE_ACTUATORS = {
  pace: () => Promise.resolve(),
  release: () => Promise.resolve(),
  ownPids: () => [],
  keepAwake: () => undefined,
  limitPower: () => undefined,
};

function setUp(stored: Partial<Settings['earning']> = {}, presence: PresencePolicy | null = null) {
  const clock = createManualClock();
  const log = createMemoryLog();
  const hub = createHub(fakeSnapshot(), clock);
  // On the processor no card has to be watched first.
  hub.dispatch({ type: 'candidates-found', candidates: [] });
  const sensors = createFakeSensors(clock);
  let current: Settings = {
    ...DEFAULT_SETTINGS,
    earning: { ...DEFAULT_SETTINGS.earning, ...stored },
  };
  const seen = { serves: 0, stops: 0, offers: 0, tries: 0 };
  const network = { fails: false };
  const disk = { isFull: false };
  const place = { isReachable: true, isOffering: false };
  /** The model's file is read before it can be offered; that takes as long as it takes. */
  let hashing: Promise<void> = Promise.resolve();
  const governor = createGovernor(
    {
      sensors,
      clock,
      log,
      actuators: IDLE_ACTUATORS,
      nodeFacts: () =>
        nodeFacts(hub.snapshot(), { place, owners: NOBODY, selfTest: 'passed', rate: null }),
      minuteOfWeek: () => 0,
      onStatus: (status) => {
        hub.dispatch({ type: 'status-changed', status });
      },
      onDecision: () => undefined,
      onGiveBack: () => undefined,
    },
    {
      ...{ isOn: false, policy: 'away', chosenBy: 'owner' },
      settings: DEFAULT_GOVERNOR_SETTINGS,
    },
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
        if (disk.isFull) throw new AppError('disk-full');
        current = { ...current, ...change };
        hub.dispatch({ type: 'settings-changed', change });
      },
      serve: async () => {
        seen.serves += 1;
        await hashing;
        place.isOffering = true;
        governor.look();
        return servedModel();
      },
      stopServing: () => {
        seen.stops += 1;
        place.isOffering = false;
        governor.look();
      },
    },
    practice: {
      open: () => {
        seen.tries += 1;
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
    disk,
    place,
    hashFor(wait: Promise<void>) {
      hashing = wait;
    },
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
    const { earning, hub, sensors, seen, place } = setUp();
    sensors.idleSeconds = 0;
    earning.resume(false);
    place.isOffering = true;
    hub.dispatch({ type: 'network-changed', change: { state: 'ready' } });
    const end = earning.beginTrial(10);
    expect(hub.snapshot().status).toMatchObject({ chosenBy: 'trial', trialRelaysLeft: 10 });
    end();
    expect(hub.snapshot().status.mode).toBe('off');
    expect(seen.stops).toBe(1);
    earning.dispose();
  });

  it('says that it serves only once the model is offered', async () => {
    const { earning, hub, hashFor } = setUp();
    const hash = Promise.withResolvers<undefined>();
    hashFor(hash.promise);
    earning.setOn(true);
    await quiet();
    expect(hub.snapshot().status).toMatchObject({
      mode: 'waiting',
      reasons: [{ code: 'preparing' }],
    });
    hash.resolve(undefined);
    await quiet();
    expect(hub.snapshot().status.mode).toBe('serving');
    earning.dispose();
  });

  it('names what keeps relays away though everything had begun', async () => {
    const { earning, hub, seen, place, governor } = setUp();
    earning.setOn(true);
    await settled(() => seen.offers === 1, 'the offer');
    const worst = (): string | undefined => {
      governor.look();
      return hub.snapshot().status.reasons[0]?.code;
    };
    const failure = failureText(new AppError('model-load-failed'));
    hub.dispatch({ type: 'engine-changed', change: { state: 'failed', failure } });
    expect(worst()).toBe('engine-failed');
    hub.dispatch({ type: 'engine-changed', change: { state: 'asleep', failure: null } });
    expect(worst()).toBeUndefined();
    place.isReachable = false;
    expect(worst()).toBe('network-starting');
    earning.dispose();
  });

  it('goes on after a failure of somebody else who asked over the network', async () => {
    const { earning, hub, seen, clock } = setUp();
    earning.setOn(true);
    await settled(() => seen.offers === 1, 'the offer');
    hub.dispatch({ type: 'network-changed', change: { state: 'failed' } });
    expect(hub.snapshot().status.reasons[0]?.code).toBe('network-failed');
    clock.advance(RETRY_MS);
    await settled(() => seen.offers === 2, 'the next offer');
    expect(hub.snapshot().status.mode).toBe('serving');
    earning.dispose();
  });

  it('does not try again with every step of a preparation', async () => {
    const { earning, hub, seen, network } = setUp();
    network.fails = true;
    earning.setOn(true);
    await quiet();
    hub.dispatch({ type: 'setup-started', steps: [] });
    hub.snapshot();
    await quiet();
    expect(seen.tries).toBe(1);
    hub.dispatch({ type: 'setup-ended', phase: 'done', failure: null });
    hub.snapshot();
    await quiet();
    expect(seen.tries).toBe(2);
    earning.dispose();
  });

  it('leaves a trial alone when earning is turned off meanwhile', async () => {
    const { earning, hub, seen } = setUp();
    earning.setOn(true);
    await settled(() => seen.offers === 1, 'the offer');
    const end = earning.beginTrial(10);
    earning.setOn(false);
    expect(hub.snapshot().status).toMatchObject({ mode: 'serving', chosenBy: 'trial' });
    end();
    expect(seen.stops).toBe(1);
    expect(hub.snapshot().status.mode).toBe('off');
    earning.dispose();
  });

  it('is off when it is turned off, though that cannot be written down', async () => {
    const { earning, hub, seen, disk } = setUp();
    earning.setOn(true);
    await settled(() => seen.offers === 1, 'the offer');
    disk.isFull = true;
    expect(() => {
      earning.setOn(false);
    }).toThrow();
    expect(hub.snapshot().status.mode).toBe('off');
    expect(earning.isOn()).toBe(false);
    earning.dispose();
  });

  it('begins afresh when it was turned off during a pause', async () => {
    const { earning, hub, seen } = setUp();
    earning.setOn(true);
    await settled(() => seen.offers === 1, 'the offer');
    earning.pause(60);
    earning.setOn(false);
    earning.setOn(true);
    await settled(() => seen.offers === 2, 'the next offer');
    expect(hub.snapshot().status.mode).toBe('serving');
    earning.dispose();
  });

  it('takes no work while Lull finishes, also when a pause ends meanwhile', async () => {
    const { earning, hub, seen, clock } = setUp();
    earning.setOn(true);
    await settled(() => seen.offers === 1, 'the offer');
    earning.pause(1);
    const takeWork = earning.refuseWork();
    clock.advance(61_000);
    expect(hub.snapshot().status.mode).toBe('waiting');
    takeWork();
    expect(hub.snapshot().status.reasons.map(({ code }) => code)).not.toContain('snoozed');
    earning.dispose();
  });

  it('leaves no timer behind, though a try fails after its end', async () => {
    const { earning, clock, seen, hashFor } = setUp();
    const hash = Promise.withResolvers<undefined>();
    hashFor(hash.promise);
    earning.setOn(true);
    await quiet();
    earning.dispose();
    hash.reject(new AppError('no-model'));
    await quiet();
    clock.advance(RETRY_MS);
    await quiet();
    expect(seen.tries).toBe(1);
  });
});
