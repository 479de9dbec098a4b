/** When the window is told of what the governor does. */
import { describe, expect, it } from 'vitest';
import { createGovernorShow } from '../../../electron/app/governor-show.ts';
import { createHub } from '../../../electron/hub/hub.ts';
import { fakeGovernor } from '../../fakes/fake-governor.ts';
import { statusOf } from '../../fakes/governor-ledger.ts';
import { fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

function setUp() {
  const clock = createManualClock();
  const hub = createHub(fakeSnapshot(), clock);
  const seen = { views: 0, lives: 0 };
  const { live, day, giveBacks, money, selfTest } = fakeGovernor(clock.nowMs());
  const show = createGovernorShow({
    hub,
    clock,
    ledger: {
      view() {
        seen.views += 1;
        return { live, day, giveBacks, money, selfTest };
      },
      live() {
        seen.lives += 1;
        return live;
      },
    },
  });
  return { clock, hub, seen, show };
}

describe('the picture of the governor', () => {
  it('is new at once with another state, and once more when that has lasted', () => {
    const { clock, seen, show } = setUp();
    show.decided(statusOf('serving'));
    expect(seen.views).toBe(1);
    show.decided(statusOf('waiting', 'snoozed'));
    expect(seen.views).toBe(2);
    // A stretch stands on the strip after two seconds: a pause must not be missing for a minute.
    clock.advance(2_499);
    expect(seen.views).toBe(2);
    clock.advance(1);
    expect(seen.views).toBe(3);
    clock.advance(30_000);
    expect(seen.views).toBe(3);
  });

  it('shows readings every two seconds while it serves, and nothing else with them', () => {
    const { clock, hub, seen, show } = setUp();
    show.decided(statusOf('serving'));
    clock.advance(5_000);
    const { day } = hub.snapshot().governor;
    const { views } = seen;
    for (let second = 0; second < 10; second++) {
      show.decided(statusOf('serving'));
      clock.advance(1_000);
    }
    expect(seen).toEqual({ views, lives: 5 });
    expect(hub.snapshot().governor.day).toBe(day);
  });

  it('asks for no reading while nothing runs', () => {
    const { clock, seen, show } = setUp();
    show.decided(statusOf('waiting', 'owner-active'));
    for (let second = 0; second < 10; second++) {
      clock.advance(1_000);
      show.decided(statusOf('waiting', 'owner-active'));
    }
    expect(seen.lives).toBe(0);
  });

  it('moves the day on every minute, tells a refused power limit, and leaves no timer behind', () => {
    const { clock, hub, seen, show } = setUp();
    clock.advance(60_000);
    expect(seen.views).toBe(1);
    show.powerRefused('No right to.');
    expect(hub.snapshot().governor.powerRefusal).toBe('No right to.');
    show.decided(statusOf('serving'));
    show.dispose();
    const { views } = seen;
    clock.advance(600_000);
    expect(seen.views).toBe(views);
  });
});
