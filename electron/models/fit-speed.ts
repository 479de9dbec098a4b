/** How fast a model will write and read here, from how fast others did; pure. */

/** One model that was run to see what this computer can do. */
export interface Measured {
  /** Path and version of the file. */
  readonly file: string;
  readonly modelName: string;
  readonly sizeBytes: number;
  readonly backend: string;
  readonly device: string;
  readonly promptTokensPerSecond: number;
  /** Of one answer alone. */
  readonly tokensPerSecond: number;
  /** Of four answers at the same time, together. */
  readonly fourTokensPerSecond: number;
}

export interface SpeedQuestion {
  readonly sizeBytes: number;
  /** Path and version of the file, when it is here. */
  readonly file: string | null;
  /** 0 to 1: how much of it would run on the device. */
  readonly deviceShare: number;
  /** How many times slower the processor is than the device; null where it was not measured. */
  readonly processorFactor: number | null;
}

export interface Speed {
  readonly tokensPerSecond: number;
  readonly promptTokensPerSecond: number;
  /** Whether this very file was measured. */
  readonly isMeasured: boolean;
}

/**
 * Every token reads all weights once, so its time grows with the file's size: what was measured with the model
 * nearest in size is scaled by that. Prompts are read in blocks, whose time grows with the size just so.
 *
 * @param measured on the backend and device that is used
 * @returns null when nothing was measured, or nothing is known of the part that the processor would do
 */
export function predictSpeed(question: SpeedQuestion, measured: readonly Measured[]): Speed | null {
  const same = measured.find(({ file }) => file === question.file);
  if (same) return { ...ratesOf(same, 1), isMeasured: true };
  const slowdown = slowdownOf(question);
  const nearest = measured.toSorted(
    (a, b) => distance(a.sizeBytes, question.sizeBytes) - distance(b.sizeBytes, question.sizeBytes),
  )[0];
  if (nearest === undefined || slowdown === null) return null;
  const scale = nearest.sizeBytes / question.sizeBytes / slowdown;
  return { ...ratesOf(nearest, scale), isMeasured: false };
}

function ratesOf(
  { tokensPerSecond, promptTokensPerSecond }: Measured,
  scale: number,
): Omit<Speed, 'isMeasured'> {
  return {
    tokensPerSecond: tokensPerSecond * scale,
    promptTokensPerSecond: promptTokensPerSecond * scale,
  };
}

/** One layer after the other: the times of both parts add up. */
function slowdownOf({ deviceShare, processorFactor }: SpeedQuestion): number | null {
  const onProcessor = 1 - deviceShare;
  if (onProcessor === 0 || processorFactor === 1) return 1;
  return processorFactor === null ? null : deviceShare + onProcessor * processorFactor;
}

function distance(a: number, b: number): number {
  return Math.abs(Math.log(a / b));
}
