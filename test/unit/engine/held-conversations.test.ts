/** Conversations that somebody paid to keep: how long, how many, and what becomes of them when room is short. */
import { describe, expect, test } from 'vitest';
import { createHeldConversations } from '../../../electron/engine/held-conversations.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createPlaceUser, type PlaceUser } from '../../fakes/place-user.ts';
import { BYTES_PER_TOKEN } from '../../fakes/token-world.ts';

const run = (token: number, length = 100) => Array.from({ length }, () => token);
const NEW = 99;

describe('a promise', () => {
  test('is for one key, counts what is shared, and ends', () => {
    const clock = createManualClock();
    const holds = createHeldConversations(clock);
    expect(holds.grant('a', [1, 2, 3], 1000)).toBe(true);
    expect(holds.shared('a', [1, 2, 9])).toBe(2);
    expect(holds.shared('b', [1, 2, 3])).toBe(0);
    expect(holds.shared(null, [1, 2, 3])).toBe(0);
    expect(holds.until('a', [1, 2, 3, 4])).toBe(1000);
    expect(holds.until('a', [1, 2])).toBe(0);
    clock.advance(1000);
    expect(holds.shared('a', [1, 2, 3])).toBe(0);
  });

  test('is made once for a conversation that goes on, and never shortened', () => {
    const holds = createHeldConversations(createManualClock(), 5);
    expect(holds.grant('a', [1, 2, 3], 1000)).toBe(true);
    expect(holds.grant('a', [1, 2, 3, 4, 5], 2000)).toBe(true);
    expect(holds.until('a', [1, 2, 3])).toBe(0);
    expect(holds.until('a', [1, 2, 3, 4, 5])).toBe(2000);
  });

  test('is not made beyond what can be kept', () => {
    const clock = createManualClock();
    const holds = createHeldConversations(clock, 4);
    expect(holds.grant('a', [], 1000)).toBe(false);
    expect(holds.grant('a', [1, 2, 3], 1000)).toBe(true);
    expect(holds.grant('b', [1, 2], 1000)).toBe(false);
    clock.advance(1000);
    expect(holds.grant('b', [1, 2], 1000)).toBe(true);
    const many = createHeldConversations(clock);
    const granted = [...run(0, 40).keys()].filter((each) => many.grant('a', [each], 1000));
    expect(granted).toHaveLength(16);
    expect(many.grant('b', [1], 1000)).toBe(true);
  });
});

describe('a conversation that is held', () => {
  const first = { prompt: run(1), key: 'a', holdSeconds: 60 };
  const followUp = { prompt: [...run(1), ...run(2), NEW], key: 'a' };
  const held = { tokens: 200, held: 200 };

  async function answer(user: PlaceUser, asked: Parameters<PlaceUser['ask']>[0], words: number[]) {
    const visit = await user.ask(asked);
    await visit?.finish(words);
    return visit?.known;
  }

  test('is told from one that only happens to be there', async () => {
    const user = createPlaceUser();
    await answer(user, first, run(2));
    expect(await answer(user, followUp, [])).toEqual(held);
    await answer(user, { prompt: run(3), key: 'b' }, run(4));
    const chance = await answer(user, { prompt: [...run(3), NEW], key: 'b' }, []);
    expect(chance).toEqual({ tokens: 100, held: 0 });
  });

  test('keeps its sequence as long as another is free, though it is the stalest', async () => {
    const user = createPlaceUser({ sequences: 2, memoryBytes: null });
    await answer(user, first, run(2));
    for (const other of [5, 6, 7]) await answer(user, { prompt: run(other) }, []);
    expect(await answer(user, followUp, [])).toEqual(held);
  });

  test('is ordinary when its time is over', async () => {
    const user = createPlaceUser({ sequences: 2, memoryBytes: null });
    await answer(user, first, run(2));
    user.clock.advance(60_000);
    expect(await answer(user, followUp, [])).toEqual({ tokens: 200, held: 0 });
    for (const other of [5, 6, 7]) await answer(user, { prompt: run(other) }, []);
    expect(await answer(user, followUp, [])).toEqual({ tokens: 0, held: 0 });
  });

  test('outlives its sequence in memory, and what nobody paid for goes before it', async () => {
    const room = 350 * BYTES_PER_TOKEN;
    const user = createPlaceUser({ sequences: 1, memoryBytes: room });
    await answer(user, first, run(2));
    for (const other of [5, 6, 7, 8]) await answer(user, { prompt: run(other) }, []);
    expect(user.store.memoryBytes).toBeLessThanOrEqual(room);
    expect(await answer(user, followUp, [])).toEqual(held);
  });

  test('gives way to one that is held longer, and is then known no more', async () => {
    const user = createPlaceUser({ sequences: 1, memoryBytes: 250 * BYTES_PER_TOKEN });
    await answer(user, first, run(2));
    await answer(user, { prompt: run(5), key: 'b', holdSeconds: 600 }, run(6));
    await answer(user, { prompt: run(7) }, []);
    const kept = await answer(user, { prompt: [...run(5), ...run(6), NEW], key: 'b' }, []);
    expect(kept).toEqual(held);
    expect(await answer(user, followUp, [])).toEqual({ tokens: 0, held: 0 });
  });

  test('is lost without a word when it can be kept nowhere', async () => {
    const user = createPlaceUser({ sequences: 1, memoryBytes: null });
    await answer(user, first, run(2));
    await answer(user, { prompt: run(5) }, []);
    expect(await answer(user, followUp, [])).toEqual({ tokens: 0, held: 0 });
    user.memory?.fill();
  });

  test('is lost without a word when memory is full', async () => {
    const user = createPlaceUser({ sequences: 1 });
    user.memory?.fill();
    await answer(user, first, run(2));
    await answer(user, { prompt: run(5) }, []);
    expect(await answer(user, followUp, [])).toEqual({ tokens: 0, held: 0 });
  });

  test('is not thrown away for another question after the same opening', async () => {
    const user = createPlaceUser({ sequences: 2, memoryBytes: null });
    await answer(user, first, run(2));
    await answer(user, { prompt: [...run(1), ...run(2, 50), NEW], key: 'a' }, []);
    expect(await answer(user, followUp, [])).toEqual(held);
  });
});
