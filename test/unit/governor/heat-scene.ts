/** Plays the heat judgement second by second, with a healthy card that computes unless something else is said. */
import {
  judgeHeat,
  type HeatConfig,
  type HeatInput,
  type HeatVerdict,
} from '../../../electron/governor/heat.ts';
import type { GpuReading } from '../../../electron/governor/sensors.ts';
import { readingOf } from '../../fakes/plant.ts';
import { configOf, inputOf } from '../../fakes/plant-run.ts';

export interface HeatScene {
  /** One judgement after so many milliseconds, with a sample of just now. */
  card(card?: Partial<GpuReading>, afterMs?: number, change?: Partial<HeatInput>): HeatVerdict;
  /** One a second, for so long. */
  hold(seconds: number, card?: Partial<GpuReading>, change?: Partial<HeatInput>): HeatVerdict;
  /** One judgement with whatever is given; `gpu` stays the last one. */
  tick(afterMs: number, change?: Partial<HeatInput>): HeatVerdict;
  nowMs(): number;
}

/** Codes alone. */
export function codes({ reasons }: HeatVerdict): readonly string[] {
  return reasons.map(({ code }) => code);
}

export function heatScene(change: Partial<HeatConfig> = {}): HeatScene {
  const config = { ...configOf(false), ...change };
  let nowMs = 1_000_000;
  let last: HeatVerdict | null = null;
  let gpu: HeatInput['gpu'] = null;

  function tick(afterMs: number, input: Partial<HeatInput> = {}): HeatVerdict {
    nowMs += afterMs;
    last = judgeHeat(last?.next ?? null, { ...inputOf(gpu, nowMs), ...input }, config);
    return last;
  }

  function card(
    value: Partial<GpuReading> = {},
    afterMs = 1000,
    input: Partial<HeatInput> = {},
  ): HeatVerdict {
    gpu = readingOf(value, nowMs + afterMs);
    return tick(afterMs, input);
  }

  return {
    card,
    tick,
    hold(seconds, value = {}, input = {}) {
      let verdict = card(value, 1000, input);
      for (let second = 1; second < seconds; second++) verdict = card(value, 1000, input);
      return verdict;
    },
    nowMs: () => nowMs,
  };
}

/** A card that has shown that it can become warm, and computes. */
export function warmScene(change: Partial<HeatConfig> = {}, celsius = 60): HeatScene {
  const scene = heatScene(change);
  scene.hold(3, { celsius: celsius - 5 });
  scene.hold(12, { celsius });
  return scene;
}
