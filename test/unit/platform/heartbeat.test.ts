import { describe, expect, test } from 'vitest';
import {
  PULSE_LOST_MS,
  PULSE_MS,
  sendPulses,
  watchPulse,
} from '../../../electron/platform/heartbeat.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

describe('a heartbeat', () => {
  test('is lost after two seconds without a pulse, and only once', () => {
    const clock = createManualClock();
    let lost = 0;
    const watch = watchPulse(clock, PULSE_LOST_MS, () => {
      lost += 1;
    });
    for (let beat = 0; beat < 4; beat += 1) {
      clock.advance(1900);
      watch.beat();
    }
    expect(lost).toBe(0);
    clock.advance(10_000);
    expect(lost).toBe(1);
  });
});

describe('a parent that pulses', () => {
  function setUp() {
    const clock = createManualClock();
    const state = { sent: 0, silences: 0 };
    const pulses = sendPulses(clock, {
      silenceMs: 2 * PULSE_MS,
      send() {
        state.sent += 1;
      },
      onSilence() {
        state.silences += 1;
      },
    });
    return { clock, state, pulses };
  }

  test('gives up a child after so many pulses without an answer, once', () => {
    const { clock, state } = setUp();
    clock.advance(2 * PULSE_MS);
    expect(state).toEqual({ sent: 2, silences: 0 });
    clock.advance(10 * PULSE_MS);
    expect(state).toEqual({ sent: 2, silences: 1 });
  });

  test('goes on as long as it is answered, and stops when told', () => {
    const { clock, state, pulses } = setUp();
    for (let pulse = 0; pulse < 5; pulse += 1) {
      clock.advance(PULSE_MS);
      pulses.heard();
    }
    pulses.stop();
    clock.advance(10 * PULSE_MS);
    expect(state).toEqual({ sent: 5, silences: 0 });
  });
});
