/** Which programs use an NVIDIA card, from `nvidia-smi pmon` or the list of compute programs. */
import type { GpuReading } from '../sensors.ts';
import { numberIn, pciId } from './gpu-nvidia-rows.ts';

/** One program on one card, or a card that nobody uses (`pid` null). */
export interface CardUser {
  /** The driver's number of the card, or its PCI address: each list has another one. */
  readonly card: number | string;
  readonly pid: number | null;
  readonly app: string;
  readonly loadPercent: number | null;
  readonly memoryBytes: number | null;
}

/** What all programs but ours take of one card; null is what nobody tells. */
export interface ForeignUse {
  readonly foreignLoadPercent: number | null;
  readonly foreignMemoryBytes: number | null;
  readonly foreignApp: string | null;
}

export const UNKNOWN_USE: ForeignUse = {
  foreignLoadPercent: null,
  foreignMemoryBytes: null,
  foreignApp: null,
};

export const COMPUTE_APPS_FIELDS = 'gpu_bus_id,pid,used_memory,process_name';

const BYTES_PER_MIB = 1_048_576;
const MOST_PERCENT = 100;
/** Below, it does not matter whose it is. */
const WORTH_EXPLAINING_PERCENT = 15;
/** Drivers keep some hundred MiB for themselves. */
const WORTH_EXPLAINING_BYTES = 1_024 * BYTES_PER_MIB;
/** They draw the owner's screen, and do so whether or not anybody plays. */
const COMPOSITORS =
  /^(?:xorg|x|xwayland|gnome-shell|mutter|kwin(?:_x11|_wayland)?|plasmashell|sway|hyprland|wayfire|weston|labwc|niri|river|cosmic-comp|cinnamon|xfwm4|picom|compton|compiz|gamescope-wl|dwm\.exe|windowserver)$/i;

/** The columns of `pmon`, which differ from driver to driver. */
export type PmonColumns = ReadonlyMap<string, number>;

/** @returns null for a line that is not the one with the names of the columns */
export function parsePmonHeader(line: string): PmonColumns | null {
  const names = line.trim().split(/\s+/);
  if (names[0] !== '#' || !names.includes('pid')) return null;
  return new Map(names.slice(1).map((name, index) => [name, index]));
}

export function parsePmonLine(line: string, columns: PmonColumns): CardUser | null {
  const cells = line.trim().split(/\s+/);
  const cell = (name: string): string => cells[columns.get(name) ?? -1] ?? '';
  const card = numberIn(cell('gpu'));
  if (card === null || cell('pid') === '') return null;
  const memory = numberIn(cell('fb'));
  return {
    card,
    pid: numberIn(cell('pid')),
    // The last column, and a name may have spaces.
    app: cells.slice(columns.get('command') ?? cells.length).join(' '),
    loadPercent: numberIn(cell('sm')),
    memoryBytes: memory === null ? null : memory * BYTES_PER_MIB,
  };
}

/** Of `--query-compute-apps`, asked for {@link COMPUTE_APPS_FIELDS}. Nobody's load is in it. */
export function parseComputeApps(text: string): readonly CardUser[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [bus = '', pid = '', memory = '', ...app] = line.split(/,\s+/);
    const card = pciId(bus);
    if (card === null) return [];
    const mib = numberIn(memory);
    return [
      {
        card,
        pid: numberIn(pid),
        app: app.join(', ').trim().split(/[\\/]/).at(-1) ?? '',
        loadPercent: null,
        memoryBytes: mib === null ? null : mib * BYTES_PER_MIB,
      },
    ];
  });
}

/** @param users all of one card, as far as they are listed. @param ownPids whose use is nobody else's */
export function foreignUse(
  users: readonly CardUser[],
  ownPids: readonly number[],
  card: Pick<GpuReading, 'loadPercent' | 'memoryUsedBytes'>,
): ForeignUse {
  const foreign = users.filter(({ pid }) => pid !== null && !ownPids.includes(pid));
  const active = foreign.filter(({ app }) => !COMPOSITORS.test(app));
  const busiest = active.reduce<CardUser | null>(busier, null);
  return {
    foreignLoadPercent: foreignLoad(users, active, card.loadPercent),
    foreignMemoryBytes: foreignMemory(users, foreign, card.memoryUsedBytes),
    foreignApp: busiest === null || busiest.app === '' ? null : busiest.app,
  };
}

/** Null when somebody loads the card and the list does not show who: a container hides programs, for example. */
function foreignLoad(
  users: readonly CardUser[],
  active: readonly CardUser[],
  cardPercent: number | null,
): number | null {
  const isExplained = users.some(({ loadPercent }) => (loadPercent ?? 0) > 0);
  if (!isExplained && (cardPercent ?? MOST_PERCENT) >= WORTH_EXPLAINING_PERCENT) return null;
  const load = active.reduce((sum, { loadPercent }) => sum + (loadPercent ?? 0), 0);
  return Math.min(load, MOST_PERCENT);
}

function foreignMemory(
  users: readonly CardUser[],
  foreign: readonly CardUser[],
  usedBytes: number | null,
): number | null {
  const isListed = users.some(({ pid }) => pid !== null);
  if (!isListed) return (usedBytes ?? Infinity) >= WORTH_EXPLAINING_BYTES ? null : 0;
  return foreign.reduce<number | null>(
    (sum, { memoryBytes }) => (sum === null || memoryBytes === null ? null : sum + memoryBytes),
    0,
  );
}

function busier(best: CardUser | null, user: CardUser): CardUser | null {
  const weight = (each: CardUser): number =>
    (each.loadPercent ?? 0) * Number.MAX_SAFE_INTEGER + (each.memoryBytes ?? 0);
  if (weight(user) === 0) return best;
  return best === null || weight(user) > weight(best) ? user : best;
}
