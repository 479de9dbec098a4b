/** The temperatures at which an NVIDIA card helps itself, from `nvidia-smi -q -d TEMPERATURE`. */
import { numberIn, pciId } from './gpu-nvidia-rows.ts';

export interface CardLimits {
  /** It slows itself down from here on. */
  readonly slowdownCelsius: number | null;
  /** It turns itself off. */
  readonly shutdownCelsius: number | null;
}

/** By PCI address; a card of which nothing is said is left out. */
export function parseLimits(text: string): ReadonlyMap<string, CardLimits> {
  const sections = text.split(/^GPU (?=[0-9a-f]+:)/im).slice(1);
  const limits = sections.map((section) => {
    const lines = section.split(/\r?\n/);
    return [pciId(lines[0] ?? ''), limitsOf(valuesOf(lines))] as const;
  });
  return new Map(limits.flatMap(([id, each]) => (id === null ? [] : [[id, each] as const])));
}

function valuesOf(lines: readonly string[]): ReadonlyMap<string, number> {
  const pairs = lines.map((line) => {
    const [label = '', value = ''] = line.split(/\s+:\s+/);
    return [label.trim(), numberIn(value)] as const;
  });
  return new Map(pairs.flatMap(([label, value]) => (value === null ? [] : [[label, value]])));
}

function limitsOf(values: ReadonlyMap<string, number>): CardLimits {
  const value = (label: string): number | null => values.get(label) ?? null;
  const current = value('GPU Current Temp');
  const margin = value('GPU T.Limit Temp');
  /** Newer drivers tell limits as what is then left of the margin: -2 is two degrees beyond it. */
  const fromMargin = (label: string): number | null => {
    const left = value(label);
    return current === null || margin === null || left === null ? null : current + margin - left;
  };
  return {
    slowdownCelsius:
      value('GPU Slowdown Temp') ??
      fromMargin('GPU Slowdown T.Limit Temp') ??
      // Lower than where it would slow down, so on the careful side.
      value('GPU Max Operating Temp') ??
      fromMargin('GPU Max Operating T.Limit Temp'),
    shutdownCelsius: value('GPU Shutdown Temp') ?? fromMargin('GPU Shutdown T.Limit Temp'),
  };
}
