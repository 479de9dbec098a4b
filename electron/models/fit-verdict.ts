/** Whether and how a model runs on this computer, with the numbers in one sentence; pure. */
import type { Fit } from '../ipc/models.ts';

/** Where models run on this computer, as the probe found it, and what memory there is. */
export interface Hardware {
  /** Of the device that is used; null on the processor. */
  readonly deviceName: string | null;
  /** The device's own memory, not part of the RAM; 0 on the processor and where it is shared. */
  readonly deviceBytes: number;
  /** RAM that programs can still have. */
  readonly ramBytes: number;
}

export interface ModelNeed {
  readonly sizeBytes: number;
  /** Keys and values of one token of context. */
  readonly cacheBytesPerToken: number;
  /** What it was trained for; null where it is not known. */
  readonly contextTokens: number | null;
}

const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** A conversation that goes on for a while. */
const USEFUL_CONTEXT_TOKENS = 8192;
/** Below this a conversation does not get past its first answer. */
const SMALLEST_CONTEXT_TOKENS = 1024;
/** What computing needs besides weights and context, whatever the model. */
const SCRATCH_BYTES = 200 * MIB;
const SCRATCH_SHARE = 0.03;
/** The desktop and its programs use some of a card's memory as well. */
const DEVICE_RESERVE_BYTES = 300 * MIB;
const DEVICE_RESERVE_SHARE = 0.06;
/** Left for everything else that runs. */
const RAM_RESERVE_BYTES = 500 * MIB;
/** With less than this to spare, another program or a second conversation makes the difference. */
const ROOM_SHARE = 0.1;

/** Memory for weights, one useful context and what computing needs, in bytes. */
export function memoryNeeded(need: ModelNeed): number {
  return bytesWith(need, USEFUL_CONTEXT_TOKENS);
}

export type Verdict = Pick<Fit, 'verdict' | 'why'> & {
  /** 0 to 1: how much of it runs on the device, 0 on the processor. */
  readonly deviceShare: number;
};

/** How `need` would run on `hardware`. */
export function fitVerdict(need: ModelNeed, hardware: Hardware): Verdict {
  const device = deviceRoom(hardware);
  const ram = Math.max(0, hardware.ramBytes - RAM_RESERVE_BYTES);
  const isOnDevice = device > 0;
  const room = isOnDevice ? device : ram;
  const useful = memoryNeeded(need);
  const least = bytesWith(need, SMALLEST_CONTEXT_TOKENS);
  const where = isOnDevice
    ? `${gigabytes(room)} can be had on the ${hardware.deviceName ?? 'device'}`
    : `${gigabytes(room)} of memory can be had`;
  const whole = isOnDevice || hardware.deviceName !== null ? 1 : 0;
  if (useful * (1 + ROOM_SHARE) <= room) {
    const why = `It needs ${gigabytes(useful)}; ${where}.`;
    return { verdict: 'fits', why, deviceShare: whole };
  }
  if (least <= room) {
    const why = `It needs ${gigabytes(useful)}, and ${where}: there is little room for long texts.`;
    return { verdict: 'tight', why, deviceShare: whole };
  }
  if (isOnDevice && least <= room + ram) {
    const deviceShare = room / least;
    const percent = Math.max(1, Math.round((1 - deviceShare) * 100));
    const rest = `${String(percent)} % of it would run on the processor, which is slower`;
    const why = `It needs ${gigabytes(useful)}, and ${where}: about ${rest}.`;
    return { verdict: 'partly', why, deviceShare };
  }
  const all = isOnDevice ? room + ram : room;
  const why = `It needs at least ${gigabytes(least)}; ${gigabytes(all)} can be had on this computer.`;
  return { verdict: 'too-large', why, deviceShare: 0 };
}

/** What a model may take of the device's memory; 0 where it has none of its own. */
function deviceRoom({ deviceBytes }: Hardware): number {
  return Math.max(0, deviceBytes * (1 - DEVICE_RESERVE_SHARE) - DEVICE_RESERVE_BYTES);
}

function bytesWith(need: ModelNeed, wishedTokens: number): number {
  const tokens = Math.min(wishedTokens, need.contextTokens ?? wishedTokens);
  const scratch = SCRATCH_BYTES + need.sizeBytes * SCRATCH_SHARE;
  return Math.round(need.sizeBytes + need.cacheBytesPerToken * tokens + scratch);
}

/** Most files of four bits a weight have between 12 and 50 kB of cache per token for each gigabyte. */
const CACHE_SHARE_OF_SIZE = 1 / 40_000;
const LEAST_GUESSED_CACHE = 16 * 1024;
const MOST_GUESSED_CACHE = 320 * 1024;

/** For a file of which only the size is known: rather too much than too little, in bytes. */
export function guessedCacheBytes(sizeBytes: number): number {
  const guess = Math.round(sizeBytes * CACHE_SHARE_OF_SIZE);
  return Math.min(MOST_GUESSED_CACHE, Math.max(LEAST_GUESSED_CACHE, guess));
}

export function gigabytes(bytes: number): string {
  if (bytes < GIB) return `${String(Math.round(bytes / MIB))} MB`;
  return `${(bytes / GIB).toFixed(1)} GB`;
}
