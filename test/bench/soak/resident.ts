/** Samples how much memory the engine process and this one hold, for each life of the engine process. */
import { readFile } from 'node:fs/promises';
import { slopePerMinute, type Point } from './slope.ts';

const EVERY_MS = 1000;
/** A life that has just begun still fills its caches; a slope over it would say nothing. */
const SETTLE_MS = 20_000;
const LEAST_POINTS = 20;
const KIB = 1024;

export interface Growth {
  /** KiB per minute, for each life that was long enough. */
  readonly lives: readonly number[];
  readonly main: number | null;
  /** Largest of all lives, in bytes. */
  readonly peakBytes: number;
}

/** @returns what stops it and sums up */
export function watchMemory(pid: () => number | undefined): () => Growth {
  const startMs = performance.now();
  const lives = new Map<number, Point[]>();
  const main: Point[] = [];
  const sample = async () => {
    const ms = performance.now();
    main.push({ ms, value: process.memoryUsage.rss() });
    const current = pid();
    if (current === undefined) return;
    const bytes = await residentBytes(current);
    if (bytes === null) return;
    const life = lives.get(current) ?? [];
    lives.set(current, [...life, { ms, value: bytes }]);
  };
  const timer = setInterval(() => void sample(), EVERY_MS);
  return () => {
    clearInterval(timer);
    const all = [...lives.values()];
    const slopes = all.map((life) => kibPerMinute(life, life[0]?.ms ?? 0));
    return {
      lives: slopes.filter((slope) => slope !== null),
      main: kibPerMinute(main, startMs),
      peakBytes: Math.max(0, ...all.flat().map(({ value }) => value)),
    };
  };
}

function kibPerMinute(points: readonly Point[], startMs: number): number | null {
  const settled = points.filter(({ ms }) => ms >= startMs + SETTLE_MS);
  const slope = settled.length < LEAST_POINTS ? null : slopePerMinute(settled);
  return slope === null ? null : slope / KIB;
}

/** @returns null when the process has gone, or the system does not say */
async function residentBytes(pid: number): Promise<number | null> {
  try {
    const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
    const kib = /^VmRSS:\s+(\d+)/m.exec(status)?.[1];
    return kib === undefined ? null : Number(kib) * KIB;
  } catch {
    return null;
  }
}
