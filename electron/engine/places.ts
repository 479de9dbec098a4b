/** Which sequence a request gets, and how much of its prompt that sequence knows already. */
import type { Clock } from '../platform/clock.ts';
import { cacheKeyOf, OWNER_KEY, type CacheKey } from './cache-key.ts';
import type { Generation } from './generation.ts';
import { createHeldConversations } from './held-conversations.ts';
import { createIdleSaving } from './idle-saving.ts';
import { reusable } from './prefill.ts';
import type { PrefixStore } from './prefix-store.ts';
import { readerFor, slotsOf } from './shared-reading.ts';
import { chooseSlot, commonPrefix } from './slots.ts';
import type { Slot } from './step-plan.ts';

/** How much of a prompt did not have to be read. */
export interface Known {
  /** Tokens whose state the sequence holds now. */
  readonly tokens: number;
  /** Of those, the ones that an earlier request paid to keep. */
  readonly held: number;
}

export interface Begun {
  readonly slot: Slot;
  readonly known: Known;
}

export interface Places {
  /** One of the idle sequences; null when there is none for this request. */
  choose(idle: readonly Slot[], generation: Generation): Slot | null;
  /**
   * Makes the sequence hold as much of the prompt's beginning as is known. Only between two steps, and once the slot
   * is the generation's. @returns null when somebody is reading the same beginning now: it is to wait for `begin`
   */
  fill(slot: Slot, generation: Generation): Promise<Known | null>;
  /** Fills the slots of those who wait for a reader and need to no longer. Only between two steps. */
  begin(): Promise<readonly Begun[]>;
  /** The answer is over and its sequence is free. Only between two steps. */
  left(slot: Slot, generation: Generation): Promise<void>;
  /** Lets go of everything that the owner's idle sequences and the store hold of theirs, with the next `begin`. */
  forgetOwner(): void;
  dispose(): void;
}

export interface PlacesPorts {
  readonly clock: Clock;
  /** Left out, states are kept in sequences only. */
  readonly store?: PrefixStore | undefined;
  /** Tokens whose state is worth saving and bringing back at the moment. */
  leastTokens(): number;
}

/** How long everybody may wait while one state is saved: with others in the middle of answers, and without. */
const BUSY_SAVE_MS = 50;
const QUIET_SAVE_MS = 500;
/** For a state that several requests wait for, or that somebody paid for. */
const WANTED_SAVE_MS = 250;
/** A state is saved when at least this part of it would be lost otherwise. */
const WORTH_SAVING = 0.25;

export function createPlaces({ clock, store, leastTokens }: PlacesPorts): Places {
  const holds = createHeldConversations(clock);
  store?.protect((key, tokens) => holds.until(key, tokens));
  /** Whose state each sequence holds; those never used hold nobody's. */
  const keys = new Map<Slot, CacheKey | null>();
  /** Slots whose prompt somebody else is reading. */
  const waiting = new Set<Slot>();
  const idleSaving = store?.hasDisk === true ? createIdleSaving(clock, store, ownersIdle) : null;
  const keyOf = (slot: Slot) => keys.get(slot) ?? null;

  function ownersIdle(): readonly Slot[] {
    return slotsOf(keys, OWNER_KEY, null).filter(({ running }) => running === null);
  }

  /** How many of the prompt's first tokens the slot can keep for it; the last is always left to evaluate. */
  const sharedIn = (slot: Slot, key: CacheKey | null, prompt: readonly number[]) => {
    if (key === null || keyOf(slot) !== key) return 0;
    const held = slot.port.held();
    const shared = Math.min(commonPrefix(held, prompt), prompt.length - 1);
    return slot.port.canRewind || shared === held.length ? shared : 0;
  };

  /** The other sequence that holds most of it. Not one that writes: its state cannot be saved. */
  const donorFor = (key: CacheKey | null, prompt: readonly number[], besides: Slot | null) => {
    let best: { readonly slot: Slot | null; readonly shared: number } = { slot: null, shared: 0 };
    for (const slot of slotsOf(keys, key, besides)) {
      const shared = slot.running?.source == null ? sharedIn(slot, key, prompt) : 0;
      const { length } = slot.port.held();
      const isWorthIt = shared >= length * WORTH_SAVING && canSave(key, length, WANTED_SAVE_MS);
      if (shared > best.shared && isWorthIt) best = { slot, shared };
    }
    return best;
  };

  const canSave = (key: CacheKey | null, tokens: number, limitMs: number) =>
    store?.canSave(key, tokens, limitMs) === true;

  const waitsFor = (slot: Slot | null, generation: Generation, known: number) => {
    const { prompt, request } = generation;
    const key = cacheKeyOf(request);
    const canWait = request.priority === 'can-wait';
    const reader = readerFor(slotsOf(keys, key, slot), {
      prompt,
      known,
      canWait,
      least: leastTokens(),
    });
    if (reader === null || !reader.slot.port.canRewind) return null;
    return canSave(key, reader.reach, WANTED_SAVE_MS) ? reader : null;
  };

  /** What the slot could have of the prompt without anybody's help. */
  const knownTo = (slot: Slot, { prompt, request }: Generation) => {
    const key = cacheKeyOf(request);
    const stored = store?.shared(key, prompt.slice(0, -1), slot.port.canRewind) ?? 0;
    return Math.max(stored, sharedIn(slot, key, prompt));
  };

  /** Saves what the slot is about to lose, when it is much, or was paid for. */
  const saveLeaving = async (slot: Slot, stays: number) => {
    const key = keyOf(slot);
    if (store === undefined || key === null) return;
    const held = slot.port.held();
    const until = holds.until(key, held);
    const others = slotsOf(keys, key, slot).map(({ port }) => commonPrefix(port.held(), held));
    const known = Math.max(stays, store.shared(key, held, slot.port.canRewind), ...others);
    const lost = held.length - known;
    const isWorthIt = until > 0 ? lost > 0 : lost >= held.length * WORTH_SAVING;
    if (held.length < leastTokens() || !isWorthIt) return;
    const isBusy = [...keys.keys()].some((each) => each !== slot && each.running !== null);
    const limitMs = until > 0 ? WANTED_SAVE_MS : isBusy ? BUSY_SAVE_MS : QUIET_SAVE_MS;
    if (store.canSave(key, held.length, limitMs)) await store.save(key, slot.port);
  };

  /** Brings the prompt's beginning from elsewhere when that is much more than the slot has itself. */
  const bring = async (slot: Slot, key: CacheKey | null, prompt: readonly number[]) => {
    const { port } = slot;
    const body = prompt.slice(0, -1);
    const own = sharedIn(slot, key, prompt);
    const stored = store?.shared(key, body, port.canRewind) ?? 0;
    const donor = donorFor(key, prompt, slot);
    const elsewhere = Math.max(stored, donor.shared);
    if (store === undefined || key === null || elsewhere - own < leastTokens()) {
      await saveLeaving(slot, own);
      keys.set(slot, key);
      return own;
    }
    await saveLeaving(slot, 0);
    if (donor.slot !== null && donor.shared - stored >= leastTokens()) {
      await store.save(key, donor.slot.port);
    }
    keys.set(slot, key);
    await store.bring(key, port, body);
    return sharedIn(slot, key, prompt);
  };

  const fill = async (slot: Slot, { prompt, request }: Generation): Promise<Known> => {
    const key = cacheKeyOf(request);
    const shared = await bring(slot, key, prompt);
    const isRewound = shared < slot.port.held().length || slot.port.canRewind;
    const tokens = await slot.port.keep(isRewound ? reusable(shared, prompt.length) : shared);
    return { tokens, held: Math.min(tokens, holds.shared(key, prompt)) };
  };

  let isForgetting = false;
  const forgetOwner = async () => {
    isForgetting = false;
    await idleSaving?.stop();
    for (const { port } of ownersIdle()) await port.keep(0);
    await store?.forgetOwner();
  };

  return {
    choose(idle, generation) {
      const { prompt, request } = generation;
      const key = cacheKeyOf(request);
      const rated = idle.map((slot) => {
        const held = slot.port.held();
        const shared = sharedIn(slot, key, prompt);
        const heldUntilMs = holds.until(keyOf(slot), held);
        return { holds: held.length, shared, lastUse: slot.lastUse, heldUntilMs };
      });
      const [first] = idle;
      if (first === undefined) return null;
      const stored = store?.shared(key, prompt.slice(0, -1), first.port.canRewind) ?? 0;
      const reader = waitsFor(null, generation, stored);
      const donor = donorFor(key, prompt, null);
      const elsewhere = Math.max(stored, donor.shared, reader?.reach ?? 0);
      const index = chooseSlot(rated, elsewhere, leastTokens());
      return index === null ? null : (idle[index] ?? null);
    },
    async fill(slot, generation) {
      await idleSaving?.stop();
      if (cacheKeyOf(generation.request) === OWNER_KEY) await store?.ready;
      const { running } = slot;
      if (running === null || waitsFor(slot, generation, knownTo(slot, generation)) === null) {
        return await fill(slot, generation);
      }
      running.isWaiting = true;
      waiting.add(slot);
      return null;
    },
    async begin() {
      if (isForgetting) await forgetOwner();
      const begun: Begun[] = [];
      for (const slot of [...waiting].sort((a, b) => a.lastUse - b.lastUse)) {
        const { running } = slot;
        if (running === null || running.generation.ended) continue;
        if (waitsFor(slot, running.generation, knownTo(slot, running.generation)) !== null)
          continue;
        waiting.delete(slot);
        running.isWaiting = false;
        begun.push({ slot, known: await fill(slot, running.generation) });
      }
      return begun;
    },
    async left(slot, { request }) {
      const key = keyOf(slot);
      const { holdSeconds } = request;
      // One who was still waiting has left nothing here.
      if (!waiting.delete(slot) && holdSeconds !== undefined && key !== null) {
        holds.grant(key, slot.port.held(), holdSeconds * 1000);
      }
      // Who waits may have a slot that nobody had before.
      const isIdle =
        waiting.size === 0 && [...keys.keys()].every(({ running }) => running === null);
      if (isIdle) idleSaving?.start();
      return Promise.resolve();
    },
    forgetOwner() {
      isForgetting = true;
    },
    dispose() {
      void idleSaving?.stop();
    },
  };
}
