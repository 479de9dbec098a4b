/** Trying to earn waits for what passes within moments, and for nothing else. */
import { describe, expect, it } from 'vitest';
import { createTrial } from '../../../electron/app/practice-trial.ts';
import { createHub } from '../../../electron/hub/hub.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import type { Reason, ReasonCode } from '../../../electron/ipc/status.ts';
import { statusOf } from '../../fakes/governor-ledger.ts';
import { fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { quiet, settled } from '../../fakes/settle.ts';

function setUp() {
  const clock = createManualClock();
  const hub = createHub(fakeSnapshot(), clock);
  const seen = { asks: 0, holds: 0, trials: 0 };
  const refused = new AppError('network-unavailable');
  const trial = createTrial({
    hub,
    clock,
    log: createMemoryLog(),
    begin() {
      seen.trials += 1;
      return () => {
        seen.trials -= 1;
      };
    },
    practice: {
      hold() {
        seen.holds += 1;
        return () => {
          seen.holds -= 1;
        };
      },
      neighbourAsking: () =>
        Promise.resolve({
          offer() {
            seen.asks += 1;
            return Promise.reject(refused);
          },
          ask() {
            throw refused;
          },
        }),
      open: () => Promise.reject(refused),
      ownAsking: () => Promise.reject(refused),
      dispose: () => Promise.resolve(),
    } as unknown as Parameters<typeof createTrial>[0]['practice'],
  });
  const decide = (mode: 'waiting' | 'serving', ...codes: (ReasonCode | Partial<Reason>)[]) => {
    hub.dispatch({ type: 'status-changed', status: statusOf(mode, ...codes) });
    clock.advance(100);
  };
  return { clock, hub, seen, trial, decide };
}

describe('the wait before the first question', () => {
  it('lasts while the sensors are read for the first time and the card is looked at', async () => {
    const { seen, trial, decide } = setUp();
    decide('waiting', 'preparing', 'power-unknown');
    trial.start();
    await quiet();
    decide('waiting', 'arming');
    await quiet();
    expect(seen.asks).toBe(0);
    decide('serving');
    await settled(() => seen.asks === 1, 'the first question');
  });

  it('does not begin for what only a person can end', async () => {
    const { seen, trial, decide, hub } = setUp();
    decide('waiting', 'preparing', 'on-battery');
    trial.start();
    await settled(() => hub.snapshot().earnings.trial.state === 'failed', 'the refusal');
    expect(seen).toEqual({ asks: 1, holds: 0, trials: 0 });
  });

  it('ends when something else turns up meanwhile', async () => {
    const { seen, trial, decide } = setUp();
    decide('waiting', 'arming');
    trial.start();
    await quiet();
    decide('waiting', 'game', 'arming');
    await settled(() => seen.asks === 1, 'the question that hears why');
  });

  it('ends after 45 seconds in any case', async () => {
    const { clock, seen, trial, decide } = setUp();
    decide('waiting', 'sensor-missing');
    trial.start();
    await quiet();
    clock.advance(44_999);
    await quiet();
    expect(seen.asks).toBe(0);
    clock.advance(1);
    await settled(() => seen.asks === 1, 'the question that hears why');
  });

  it('ends with the owner’s stop, which is no failure, and leaves nothing behind', async () => {
    const { hub, seen, trial, decide } = setUp();
    decide('waiting', 'arming');
    trial.start();
    await quiet();
    trial.stop();
    await settled(() => seen.trials === 0, 'the end of the trial');
    expect(hub.snapshot().earnings.trial).toMatchObject({ state: 'idle', failure: null });
    expect(seen).toEqual({ asks: 0, holds: 0, trials: 0 });
  });
});
