/** Remembers what the governor decided, what it gave back and what that earned and cost, and shows it. */
import type { GiveBack, GovernorSettings, GovernorView, SelfTest } from '../ipc/governor.ts';
import { programOf } from '../ipc/reason-words.ts';
import type { Status } from '../ipc/status.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { createEnergyBook, HOURS_KEPT } from './energy-book.ts';
import {
  cardOf,
  isLive,
  liveOf,
  shownGiveBacks,
  stretchesOf,
  type LiveInput,
} from './governor-view.ts';
import { USUAL_DAYS, usualHour } from './missed.ts';
import {
  HOURS_PER_DAY,
  moneyOf,
  priceFloor,
  rateOf,
  type Books,
  type EarnedHour,
  type Rate,
} from './money.ts';
import type { GiveBackReport, NodeFacts } from './ports.ts';
import type { Readings } from './sensors.ts';
import { createStretchBook } from './stretch-book.ts';
import type { StretchStore } from './stretch-store.ts';
import { causeOf, isOfApp } from './stretches.ts';

export interface GovernorLedgerPorts {
  /** Closed on `dispose`. */
  readonly store: StretchStore;
  readonly clock: Clock;
  readonly log: Log;
  settings(): GovernorSettings;
  device(): NodeFacts['device'];
  /** As the last decision had them. */
  limits(): LiveInput['limits'];
  selfTest(): SelfTest;
  /** What the receipts as Supplier add up to, hour by hour, by the owner's clocks. */
  earned(): readonly EarnedHour[];
  /** 10 to the power of this is one coin in its smallest unit. */
  coinDecimals(): number;
  /** How far the owner's clocks are ahead of UTC at a moment, in milliseconds. */
  localOffsetMs(atMs: number): number;
}

/** What the ledger knows of the governor's view; the rest is told by others. */
export type LedgerView = Pick<GovernorView, 'live' | 'day' | 'giveBacks' | 'money' | 'selfTest'>;

export interface GovernorLedger {
  /** @param hasWork whether relays compute just now */
  noteDecision(status: Status, readings: Readings, hasWork: boolean): void;
  noteGiveBack(report: GiveBackReport): void;
  view(): LedgerView;
  /** The quick part of the view. */
  live(): LedgerView['live'];
  /** Millionths of the currency per hour of computing; null while one of them is not known. */
  rate(): Rate | null;
  /** Smallest units per 1,000,000 CU below which serving is not worth its electricity; null while unknown. */
  priceFloor(): bigint | null;
  /** The program that caused a stretch and that its owner can allow next time; null when none did. */
  allowable(stretchId: number): string | null;
  /** Says goodbye on disk and closes the store. */
  dispose(): void;
}

interface Decided {
  readonly status: Status;
  readonly readings: Readings;
  readonly hasWork: boolean;
}

/** How often life is noticed, so that sleep is; how often it is written, so that little is lost by a kill. */
export const BEAT_MS = 30_000;
export const WRITE_MS = 60_000;
const HOUR_MS = 3_600_000;
const SHOWN_GIVE_BACKS = 20;

/** @throws AppError what the store throws while it is read for the first time */
export function createGovernorLedger(ports: GovernorLedgerPorts): GovernorLedger {
  const { store, clock, log } = ports;
  const localMsAt = (atMs: number): number => atMs + ports.localOffsetMs(atMs);
  const localHour = (): number => Math.floor(localMsAt(clock.nowMs()) / HOUR_MS);
  const startMs = Math.round(clock.nowMs());
  const oldest = localHour() - HOURS_KEPT;
  const energy = createEnergyBook({
    served: store.served(oldest),
    energy: store.energy(oldest),
    idleMilliwatts: store.life()?.idleMilliwatts ?? null,
  });
  const strip = createStretchBook(store, startMs);
  let giveBacks = store.giveBacks(SHOWN_GIVE_BACKS);
  let nextGiveBackId = store.nextIds().giveBack;
  let unsavedGiveBacks: readonly GiveBack[] = [];
  let decided: Decided | null = null;
  let writtenMs = clock.monotonicMs();
  let tidiedMs: number | null = null;
  const failing = new Set<string>();
  let isDisposed = false;

  /** Memory loses nothing when the disk is full: it is written with the next page. */
  const attempt = (what: string, work: () => void): void => {
    try {
      work();
      failing.delete(what);
    } catch (error) {
      if (!failing.has(what)) log.warn(`the governor's memory could not ${what}`, { error });
      failing.add(what);
    }
  };

  const write = (isOver: boolean): void => {
    writtenMs = clock.monotonicMs();
    attempt('be written', () => {
      const lastMs = Math.round(clock.nowMs());
      const idleMilliwatts = energy.idleMilliwatts();
      const pieces = strip.unsaved();
      const life = { lastMs, isOver, idleMilliwatts };
      store.write({ life, pieces, goneIds: [], giveBacks: unsavedGiveBacks, ...energy.unsaved() });
      strip.saved();
      energy.saved();
      unsavedGiveBacks = [];
    });
  };

  const tidy = (): void => {
    if (tidiedMs !== null && clock.monotonicMs() - tidiedMs < HOUR_MS) return;
    tidiedMs = clock.monotonicMs();
    energy.forget(localHour() - HOURS_KEPT);
    attempt('be tidied', () => {
      strip.tidy(Math.round(clock.nowMs()));
    });
  };

  const noteEnergy = (): void => {
    if (decided === null) return;
    const { status, readings, hasWork } = decided;
    const monotonicMs = clock.monotonicMs();
    energy.note({
      monotonicMs,
      localMs: localMsAt(clock.nowMs()),
      isOffered: status.mode === 'serving' || hasWork,
      hasWork,
      cardWatts: cardOf(readings, ports.device(), monotonicMs)?.watts ?? null,
      isArming: isLive(status) && status.mode === 'waiting',
      settings: ports.settings(),
    });
  };

  /** A sign of life: time goes on, and what it was is known up to now. */
  const live = (isChanged: boolean): void => {
    noteEnergy();
    const now = Math.round(clock.nowMs());
    let isNew = isChanged;
    attempt('go on', () => {
      const cause = decided === null ? null : causeOf(decided.status, decided.hasWork);
      isNew = strip.note(now, cause) || isNew;
    });
    if (isNew || clock.monotonicMs() - writtenMs >= WRITE_MS) write(false);
  };

  const stopBeat = clock.every(BEAT_MS, () => {
    live(false);
    tidy();
  });

  const books = (): Books => {
    const { tariff, microsPerCoin } = ports.settings();
    return {
      tariff,
      microsPerCoin,
      coinDecimals: ports.coinDecimals(),
      earned: ports.earned(),
      energy: energy.energy(),
      served: energy.served(),
      localMs: localMsAt(clock.nowMs()),
    };
  };

  const usual = (earned: readonly EarnedHour[]) => {
    const since = localHour() - USUAL_DAYS * HOURS_PER_DAY;
    const offered = new Map(energy.served().map((one) => [one.hour, one.offeredMs]));
    const hours = earned.filter(({ hour }) => hour >= since);
    return usualHour(hours.map((one) => ({ ...one, offeredMs: offered.get(one.hour) ?? 0 })));
  };

  const liveNow = () => {
    if (decided === null || !isLive(decided.status)) return null;
    const { readings, hasWork } = decided;
    const [nowMs, monotonicMs] = [clock.nowMs(), clock.monotonicMs()];
    const [device, limits, settings] = [ports.device(), ports.limits(), ports.settings()];
    return liveOf({ readings, device, limits, settings, hasWork, nowMs, monotonicMs });
  };

  return {
    noteDecision(status, readings, hasWork) {
      if (isDisposed) return;
      decided = { status, readings, hasWork };
      live(false);
    },
    noteGiveBack(report) {
      if (isDisposed) return;
      const one = { id: nextGiveBackId++, ...report };
      giveBacks = shownGiveBacks([one, ...giveBacks]);
      unsavedGiveBacks = [...unsavedGiveBacks, one];
      live(true);
    },
    view() {
      const now = Math.round(clock.nowMs());
      const money = books();
      return {
        live: liveNow(),
        day: [...stretchesOf(strip.day(now), now, usual(money.earned))],
        giveBacks: [...giveBacks],
        money: moneyOf(money, ports.settings().measuredWatts?.idle ?? null),
        selfTest: ports.selfTest(),
      };
    },
    live: liveNow,
    rate: () => rateOf(books()),
    priceFloor: () => priceFloor(books()),
    allowable(stretchId) {
      const piece = strip.find(stretchId);
      return piece !== null && isOfApp(piece.code) ? programOf(piece.detail) : null;
    },
    dispose() {
      if (isDisposed) return;
      stopBeat();
      live(false);
      isDisposed = true;
      write(true);
      store.dispose();
    },
  };
}
