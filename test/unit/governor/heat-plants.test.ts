/** The heat judgement on simulated cards, good and bad ones: none too hot, hardly a pause, hardly any work lost. */
import { describe, expect, test } from 'vitest';
import { PLANT_KINDS, type SensorFacts } from '../../fakes/plant.ts';
import { runPlant } from '../../fakes/plant-run.ts';

const SLOW: SensorFacts = { lagS: 5, noiseCelsius: 1.5, everyS: 5 };

/** The bench `plants` takes two hours for each, in which a slow sensor's late start weighs less. */
const SCENES = [
  { name: 'as they are', plants: 200, seconds: 1500, fan: 1, work: 0.95 },
  { name: 'the fan fails', plants: 40, seconds: 1500, fan: 2.5, work: 0.95 },
  { name: 'a slow sensor', plants: 40, seconds: 1500, fan: 1, sensor: SLOW, work: 0.92 },
] as const;

describe('plants', () => {
  test.each(SCENES)('$name', { timeout: 30_000 }, ({ plants, work, ...run }) => {
    for (let seed = 1; seed <= plants; seed++) {
      const kind = PLANT_KINDS[seed % PLANT_KINDS.length] ?? 'desktop';
      const result = runPlant({ seed, kind, ...run });
      expect(result.overPause, `${kind} ${String(seed)}`).toBeLessThanOrEqual(1);
      expect(result.pauses, `${kind} ${String(seed)}`).toBeLessThanOrEqual(2);
      expect(result.work, `${kind} ${String(seed)}`).toBeGreaterThanOrEqual(work);
    }
  });
});
