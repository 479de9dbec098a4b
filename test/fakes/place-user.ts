/** Uses places as a scheduler does, one step at a time, without a model. */
import type { Generation } from '../../electron/engine/generation.ts';
import { createPlaces, type Known } from '../../electron/engine/places.ts';
import { LEAST_TOKENS } from '../../electron/engine/slots.ts';
import { createPrefixStore, type PrefixStore } from '../../electron/engine/prefix-store.ts';
import type { EngineRequest } from '../../electron/engine/ports.ts';
import { startRunning, type Slot } from '../../electron/engine/step-plan.ts';
import { DEFAULT_SAMPLING } from '../../electron/protocol/generate.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import {
  createTokenWorld,
  type TokenFiles,
  type TokenSequence,
  type TokenWorld,
} from './token-world.ts';

export interface Asked {
  readonly prompt: readonly number[];
  /** Left out, it is the owner's own. */
  readonly key?: string | undefined;
  readonly holdSeconds?: number | undefined;
  readonly priority?: 'interactive' | 'can-wait' | undefined;
}

export interface Visit {
  readonly slot: Slot;
  readonly sequence: TokenSequence;
  /** Null while it waits for somebody who reads for it. */
  known: Known | null;
  /** Evaluates up to so many prompt tokens, never the last one; what is left. */
  read(most: number): number;
  /** Evaluates the rest and an answer, and leaves. */
  finish(answer?: readonly number[]): Promise<void>;
  cancel(): Promise<void>;
}

export interface PlaceUser {
  readonly clock: ManualClock;
  readonly world: TokenWorld;
  readonly memory: TokenFiles | null;
  readonly disk: TokenFiles | null;
  readonly store: PrefixStore;
  /** Null when every sequence is busy. */
  ask(asked: Asked): Promise<Visit | null>;
  /** What a scheduler does between two steps. */
  begin(): Promise<void>;
}

export interface PlaceUserOptions {
  readonly sequences?: number;
  readonly canRewind?: boolean;
  /** Null for no such tier. */
  readonly memoryBytes?: number | null;
  readonly diskBytes?: number | null;
}

export function createPlaceUser(options: PlaceUserOptions = {}): PlaceUser {
  const { sequences = 2, canRewind = true, memoryBytes = 1_000_000, diskBytes = null } = options;
  const clock = createManualClock();
  const world = createTokenWorld();
  const memory = memoryBytes === null ? null : world.files();
  const disk = diskBytes === null ? null : world.files();
  const store = createPrefixStore({
    clock,
    memory: memory && { files: memory, limitBytes: memoryBytes ?? 0 },
    disk: disk && { files: disk, limitBytes: diskBytes ?? 0 },
  });
  const places = createPlaces({ clock, store, leastTokens: () => LEAST_TOKENS });
  const visits = new Map<Slot, Visit>();
  const all = Array.from({ length: sequences }, () => world.sequence(canRewind));
  const slots: Slot[] = all.map((port) => ({ port, lastUse: 0, running: null }));
  let uses = 0;

  function visit(slot: Slot, sequence: TokenSequence, generation: FakeGeneration, key: string) {
    const { prompt } = generation;
    const leave = async () => {
      generation.ended = true;
      slot.running = null;
      visits.delete(slot);
      await places.left(slot, generation);
    };
    const mine: Visit = {
      slot,
      sequence,
      known: null,
      read(most) {
        const { running } = slot;
        if (running === null || running.isWaiting) return prompt.length;
        const chunk = Math.min(most, prompt.length - 1 - running.evaluated);
        sequence.evaluate(prompt.slice(running.evaluated, running.evaluated + chunk), key);
        running.evaluated += chunk;
        return prompt.length - 1 - running.evaluated;
      },
      async finish(answer = []) {
        mine.read(prompt.length);
        sequence.evaluate([...prompt.slice(-1), ...answer], key);
        await leave();
      },
      cancel: leave,
    };
    return mine;
  }

  return {
    clock,
    world,
    memory,
    disk,
    store,
    async ask({ prompt, key, ...rest }) {
      const relay = key === undefined ? undefined : { duty: 1 };
      const request = { ...REQUEST, ...rest, relay, cacheKey: key };
      const generation: FakeGeneration = { ...NOTHING, request, prompt };
      const slot = places.choose(
        slots.filter(({ running }) => running === null),
        generation,
      );
      const sequence = all[slots.findIndex((each) => each === slot)];
      if (slot === null || sequence === undefined) return null;
      slot.lastUse = uses += 1;
      const running = startRunning(generation);
      slot.running = running;
      const mine = visit(slot, sequence, generation, key ?? 'owner');
      visits.set(slot, mine);
      mine.known = await places.fill(slot, generation);
      running.evaluated = mine.known?.tokens ?? 0;
      return mine;
    },
    async begin() {
      for (const { slot, known } of await places.begin()) {
        const mine = visits.get(slot);
        if (mine !== undefined) mine.known = known;
        if (slot.running !== null) slot.running.evaluated = known.tokens;
      }
    },
  };
}

type FakeGeneration = Generation & { ended: boolean };

const REQUEST: EngineRequest = {
  turns: [],
  sampling: DEFAULT_SAMPLING,
  maxTokens: null,
  stop: [],
};

const NOTHING = {
  sampling: { ...DEFAULT_SAMPLING, seed: 0 },
  ended: false,
  held: false,
  room: 1,
  admit: () => undefined,
  accept: () => undefined,
  hold: () => undefined,
  cancel: () => undefined,
  fail: () => undefined,
};
