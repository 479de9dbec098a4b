/** What one open file of a graphics card tells of the program that holds it: time on its engines, and memory. */

export interface DrmClient {
  /** PCI address of the card. */
  readonly card: string;
  /** Several open files may be the same client. */
  readonly client: string;
  /** By engine: how long it was busy for this client. */
  readonly engines: ReadonlyMap<string, Busy>;
  readonly memoryBytes: number | null;
}

/** One of two ways to count: nanoseconds, or cycles out of all that went by. */
export interface Busy {
  readonly busy: number;
  readonly total: number | null;
}

const BYTES: Readonly<Record<string, number>> = { '': 1, B: 1, KiB: 1_024, MiB: 1_048_576 };
const NS_PER_MS = 1_000_000;
const PERCENT = 100;
/** The kernel's newer name for a card's own memory and its older one. */
const VRAM = [/^drm-total-vram\d*$/, /^drm-memory-vram\d*$/, /^drm-total-local\d*$/];

/** @returns null for files that are no graphics card's */
export function parseFdinfo(text: string): DrmClient | null {
  const values = new Map(
    text.split('\n').flatMap((line) => {
      const [, key, value] = /^(drm-[\w-]+):\s*(\S.*?)\s*$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );
  const card = values.get('drm-pdev')?.toLowerCase();
  if (card === undefined) return null;
  return {
    card,
    client: values.get('drm-client-id') ?? '',
    engines: enginesIn(values),
    memoryBytes: memoryIn(values),
  };
}

/**
 * The busiest engine counts: a card is taken when one of them is.
 * @returns null when the two have nothing in common
 */
export function loadBetween(before: DrmClient, after: DrmClient, passedMs: number): number | null {
  const shares = [...after.engines].flatMap(([name, now]) => {
    const then = before.engines.get(name);
    if (then === undefined) return [];
    const busy = now.busy - then.busy;
    const total =
      now.total === null || then.total === null ? passedMs * NS_PER_MS : now.total - then.total;
    // Counters start anew when the card was turned off meanwhile.
    return busy < 0 || total <= 0 ? [] : [(busy / total) * PERCENT];
  });
  return shares.length === 0 ? null : Math.min(Math.max(...shares), PERCENT);
}

function enginesIn(values: ReadonlyMap<string, string>): ReadonlyMap<string, Busy> {
  const engines = new Map<string, Busy>();
  for (const [key, value] of values) {
    const [, way, name] = /^drm-(engine|cycles)-(.+)$/.exec(key) ?? [];
    if (way === undefined || name === undefined || name.startsWith('capacity-')) continue;
    const busy = leadingNumber(value);
    if (busy === null) continue;
    const all = values.get(`drm-total-cycles-${name}`);
    const total = way === 'engine' || all === undefined ? null : leadingNumber(all);
    if (way === 'engine' || total !== null) engines.set(name, { busy, total });
  }
  return engines;
}

function memoryIn(values: ReadonlyMap<string, string>): number | null {
  for (const pattern of VRAM) {
    const texts = [...values].filter(([key]) => pattern.test(key)).map(([, value]) => value);
    if (texts.length === 0) continue;
    return texts.reduce((sum, text) => {
      const unit = /^\d+\s*([A-Za-z]*)$/.exec(text)?.[1] ?? '';
      return sum + (leadingNumber(text) ?? 0) * (BYTES[unit] ?? 1);
    }, 0);
  }
  return null;
}

function leadingNumber(text: string): number | null {
  const [, digits] = /^(\d{1,20})(?:\s|$)/.exec(text) ?? [];
  return digits === undefined ? null : Number(digits);
}
