/** Counts, hour by hour, how long relays were offered and computed, and what electricity that took. */
import type { GovernorSettings } from '../ipc/governor.ts';
import { createMeter, drawOf, nextIdle, priceAt, type Draw, type EnergyHour } from './energy.ts';
import { HOURS_PER_MONTH, minuteOf, type ServedHour } from './money.ts';
import { ASLEEP_AFTER_MS } from './stretches.ts';

/** What holds from now on. */
export interface EnergyMoment {
  readonly monotonicMs: number;
  /** By the owner's clocks, in milliseconds since 1970-01-01 00:00. */
  readonly localMs: number;
  /** Whether a relay may come, or one computes. */
  readonly isOffered: boolean;
  readonly hasWork: boolean;
  /** Of the card that computes, now; null when nobody knows. */
  readonly cardWatts: number | null;
  /** Sensors are on, and nothing of ours computes yet. */
  readonly isArming: boolean;
  readonly settings: Pick<GovernorSettings, 'tariff' | 'measuredWatts'>;
}

export interface EnergyBook {
  /** Counts the time up to now as what was noted last. */
  note(moment: EnergyMoment): void;
  served(): readonly ServedHour[];
  energy(): readonly EnergyHour[];
  idleMilliwatts(): number | null;
  unsaved(): { readonly served: readonly ServedHour[]; readonly energy: readonly EnergyHour[] };
  saved(): void;
  forget(beforeHour: number): void;
}

export interface EnergyStart {
  readonly served: readonly ServedHour[];
  readonly energy: readonly EnergyHour[];
  readonly idleMilliwatts: number | null;
}

const HOUR_MS = 3_600_000;
/** A card's own figure is believed for so long. */
export const HELD_MS = 10_000;
/** Hours in hand: a little more than the longest balance. */
export const HOURS_KEPT = HOURS_PER_MONTH + 2;

export function createEnergyBook(start: EnergyStart): EnergyBook {
  const served = new Map(start.served.map((one) => [one.hour, one]));
  const energy = new Map(start.energy.map((one) => [keyOf(one), one]));
  const changed = { served: new Set<number>(), energy: new Set<string>() };
  const meter = createMeter();
  let idleMilliwatts = start.idleMilliwatts;
  let last: { readonly moment: EnergyMoment; readonly draw: Draw | null } | null = null;

  const addServed = (hour: number, added: Omit<ServedHour, 'hour'>): void => {
    const old = served.get(hour) ?? { hour, offeredMs: 0, workedMs: 0, measuredMs: 0 };
    served.set(hour, {
      hour,
      offeredMs: old.offeredMs + added.offeredMs,
      workedMs: old.workedMs + added.workedMs,
      measuredMs: old.measuredMs + added.measuredMs,
    });
    changed.served.add(hour);
  };

  const addEnergy = (moment: EnergyMoment, draw: Draw, ms: number): void => {
    const hour = Math.floor(moment.localMs / HOUR_MS);
    const { tariff } = moment.settings;
    const fresh = { hour, source: draw.source, currency: tariff?.currency ?? '' };
    const key = keyOf(fresh);
    const old = energy.get(key) ?? { ...fresh, milliwattSeconds: 0n, costUnits: 0n };
    const price = tariff === null ? 0n : priceAt(tariff, minuteOf(moment.localMs));
    const used = meter.add(draw, ms);
    energy.set(key, {
      ...old,
      milliwattSeconds: old.milliwattSeconds + used,
      costUnits: old.costUnits + used * price,
    });
    changed.energy.add(key);
  };

  const count = (now: EnergyMoment): void => {
    if (last === null || !last.moment.isOffered) return;
    const { moment, draw } = last;
    const ms = Math.round(now.monotonicMs - moment.monotonicMs);
    // Nobody computed while the computer slept.
    if (ms <= 0 || ms > ASLEEP_AFTER_MS) return;
    const drawnMs = draw === null ? 0 : draw.source === 'plug' ? ms : Math.min(ms, HELD_MS);
    addServed(Math.floor(now.localMs / HOUR_MS), {
      offeredMs: ms,
      workedMs: moment.hasWork ? ms : 0,
      measuredMs: moment.hasWork ? drawnMs : 0,
    });
    if (draw !== null) addEnergy(now, draw, drawnMs);
  };

  return {
    note(moment) {
      count(moment);
      if (moment.isArming) idleMilliwatts = nextIdle(idleMilliwatts, moment.cardWatts);
      const { cardWatts, hasWork, settings } = moment;
      const { measuredWatts } = settings;
      last = { moment, draw: drawOf({ cardWatts, idleMilliwatts, measuredWatts, hasWork }) };
    },
    served: () => [...served.values()],
    energy: () => [...energy.values()],
    idleMilliwatts: () => idleMilliwatts,
    unsaved: () => ({
      served: pick(served, changed.served),
      energy: pick(energy, changed.energy),
    }),
    saved() {
      changed.served.clear();
      changed.energy.clear();
    },
    forget(beforeHour) {
      for (const { hour } of served.values()) if (hour < beforeHour) served.delete(hour);
      for (const [key, { hour }] of energy) if (hour < beforeHour) energy.delete(key);
    },
  };
}

function keyOf({
  hour,
  source,
  currency,
}: Pick<EnergyHour, 'hour' | 'source' | 'currency'>): string {
  return `${hour} ${source} ${currency}`;
}

function pick<Key, Value>(all: ReadonlyMap<Key, Value>, keys: ReadonlySet<Key>): readonly Value[] {
  return [...keys].flatMap((key) => {
    const value = all.get(key);
    return value === undefined ? [] : [value];
  });
}
