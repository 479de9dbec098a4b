/** Which one of the catalogue's models to begin with on this computer, and why; pure. */
import type { Fit } from '../ipc/models.ts';

export interface Choice {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly fit: Pick<Fit, 'verdict' | 'tokensPerSecond'>;
}

export interface Recommendation {
  readonly id: string;
  readonly why: string;
}

/** About as fast as people read. */
const COMFORTABLE_TOKENS_PER_SECOND = 7;
/** Without a measurement: what a desktop processor still writes at reading speed. */
const PROCESSOR_BYTES = 2.6e9;

/**
 * The strongest that fits and writes at least as fast as people read; else the fastest one that runs at all.
 *
 * @param choices from the weakest to the strongest
 * @param deviceName of the device that is used; null on the processor
 */
export function recommend(
  choices: readonly Choice[],
  deviceName: string | null,
): Recommendation | null {
  const where = deviceName === null ? 'the processor' : `your ${deviceName}`;
  const strongestFirst = choices.toReversed();
  const good = strongestFirst.find(
    ({ fit, sizeBytes }) => fit.verdict === 'fits' && isQuick(fit, sizeBytes, deviceName),
  );
  if (good) {
    const speed = speedOf(good.fit);
    const end = speed === null ? 'with room to spare' : `with room to spare, at ${speed}`;
    return { id: good.id, why: `The strongest one here that runs on ${where} ${end}.` };
  }
  const tight = strongestFirst.find(
    ({ fit, sizeBytes }) => fit.verdict === 'tight' && isQuick(fit, sizeBytes, deviceName),
  );
  if (tight) {
    const why = `The strongest one here that runs on ${where}, if only just.`;
    return { id: tight.id, why };
  }
  const smallest = choices
    .filter(({ fit }) => fit.verdict !== 'too-large')
    .toSorted((a, b) => a.sizeBytes - b.sizeBytes)[0];
  if (!smallest) return null;
  return {
    id: smallest.id,
    why: 'The smallest one here; this computer has little to run it with.',
  };
}

function isQuick(fit: Choice['fit'], sizeBytes: number, deviceName: string | null): boolean {
  if (fit.tokensPerSecond !== null) return fit.tokensPerSecond >= COMFORTABLE_TOKENS_PER_SECOND;
  return deviceName !== null || sizeBytes <= PROCESSOR_BYTES;
}

function speedOf({ tokensPerSecond }: Choice['fit']): string | null {
  if (tokensPerSecond === null) return null;
  return `about ${String(Math.round(tokensPerSecond))} tokens per second`;
}
