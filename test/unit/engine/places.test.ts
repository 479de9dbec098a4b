/** What a sequence holds when a request begins: as much as may be shared, and never anything else. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commonPrefix } from '../../../electron/engine/slots.ts';
import { quiet } from '../../fakes/settle.ts';
import { createPlaceUser, type PlaceUser, type Visit } from '../../fakes/place-user.ts';
import { BYTES_PER_TOKEN } from '../../fakes/token-world.ts';

/** A run of tokens that is longer than what is too short to bother. */
const run = (token: number, length = 100) => Array.from({ length }, () => token);
const NEW = 99;

async function ask(user: PlaceUser, ...asked: Parameters<PlaceUser['ask']>): Promise<Visit> {
  const visit = await user.ask(...asked);
  if (visit === null) throw new Error('every sequence is busy');
  return visit;
}

/** Answers it at once. @returns what was known of the prompt */
async function answer(user: PlaceUser, asked: Parameters<PlaceUser['ask']>[0], words: number[]) {
  const visit = await ask(user, asked);
  await visit.finish(words);
  return visit.known;
}

describe('a prompt that goes on', () => {
  test('finds its conversation in its sequence, however many others came', async () => {
    const user = createPlaceUser({ sequences: 3 });
    await answer(user, { prompt: run(1) }, run(2));
    await answer(user, { prompt: run(3) }, []);
    const again = await answer(user, { prompt: [...run(1), ...run(2), NEW] }, []);
    expect(again).toEqual({ tokens: 200, held: 0 });
    expect(user.world.trace).toEqual({ saved: 0, loaded: 0 });
  });

  test('finds it in the store when its sequence was needed by others', async () => {
    const user = createPlaceUser({ sequences: 1 });
    await answer(user, { prompt: run(1) }, run(2));
    await answer(user, { prompt: run(3) }, []);
    expect(await answer(user, { prompt: [...run(1), ...run(2), NEW] }, [])).toEqual({
      tokens: 200,
      held: 0,
    });
    expect(user.world.trace).toEqual({ saved: 2, loaded: 1 });
  });

  test('never goes on with what another one left, when its own state was dropped for that', async () => {
    // Room for one of the two states.
    const user = createPlaceUser({ sequences: 1, memoryBytes: 160 * BYTES_PER_TOKEN });
    await answer(user, { prompt: run(1), key: 'a' }, []);
    await answer(user, { prompt: run(1), key: 'b' }, run(2, 50));
    const again = await ask(user, { prompt: [...run(1), NEW], key: 'a' });
    expect(again.known).toEqual({ tokens: 0, held: 0 });
    expect(again.sequence.writers()).not.toContain('b');
  });

  test('is not written to the disk while one goes on who had waited for it', async () => {
    const user = createPlaceUser({ diskBytes: 1_000_000 });
    const first = await ask(user, { prompt: [...run(1), NEW] });
    const second = await ask(user, { prompt: [...run(1), NEW, NEW] });
    expect(second.known).toBeNull();
    first.read(90);
    await first.cancel();
    await user.begin();
    expect(second.known).not.toBeNull();
    user.clock.advance(15_000);
    await quiet();
    expect(user.store.diskBytes).toBe(0);
  });

  test('is evaluated anew when there is no store', async () => {
    const user = createPlaceUser({ sequences: 1, memoryBytes: null });
    await answer(user, { prompt: run(1) }, run(2));
    await answer(user, { prompt: run(3) }, []);
    expect(await answer(user, { prompt: [...run(1), NEW] }, [])).toEqual({ tokens: 0, held: 0 });
  });

  test.each(['noticed', 'unnoticed', 'unreadable'] as const)(
    'is evaluated anew, and the state is dropped, when that is damaged (%s)',
    async (how) => {
      const user = createPlaceUser({ sequences: 1 });
      await answer(user, { prompt: run(1) }, run(2));
      const other = await ask(user, { prompt: run(3) });
      user.memory?.all[0]?.damage(how);
      await other.cancel();
      expect(await answer(user, { prompt: [...run(1), NEW] }, [])).toEqual({ tokens: 0, held: 0 });
      expect(user.store.memoryBytes).toBe(0);
    },
  );

  test('works with a model that cannot be rewound', async () => {
    const user = createPlaceUser({ sequences: 1, canRewind: false });
    await answer(user, { prompt: run(1) }, run(2));
    await answer(user, { prompt: run(3) }, []);
    const again = await answer(user, { prompt: [...run(1), ...run(2), NEW] }, []);
    expect(again?.tokens).toBe(200);
    // Another question after the same opening would need a part of the state only.
    expect((await answer(user, { prompt: [...run(1), NEW] }, []))?.tokens).toBe(0);
  });

  test('keeps all of it with a model that cannot be rewound, which needs whole states', async () => {
    const user = createPlaceUser({ sequences: 1, canRewind: false });
    const opening = [...run(1), ...run(2)];
    await answer(user, { prompt: run(1) }, run(2));
    await answer(user, { prompt: run(9) }, []);
    await answer(user, { prompt: [...opening, ...run(3)] }, []);
    await answer(user, { prompt: run(9) }, []);
    const { loaded } = user.world.trace;
    expect((await answer(user, { prompt: [...opening, ...run(4)] }, []))?.tokens).toBe(200);
    expect((await answer(user, { prompt: [...run(1, 90), NEW] }, []))?.tokens).toBe(0);
    expect(user.world.trace.loaded).toBe(loaded + 1);
    const two = createPlaceUser({ sequences: 2, canRewind: false, memoryBytes: null });
    await answer(two, { prompt: run(1) }, run(2, 50));
    await answer(two, { prompt: [...run(1), NEW] }, []);
    const again = await answer(two, { prompt: [...run(1), ...run(2, 50), NEW] }, []);
    expect(again?.tokens).toBe(150);
  });

  test('is not copied out of a conversation that is far longer than what they share', async () => {
    const user = createPlaceUser({ sequences: 2 });
    await answer(user, { prompt: [...run(1), ...run(2, 900)] }, []);
    expect((await answer(user, { prompt: [...run(1), NEW] }, []))?.tokens).toBe(0);
    expect(user.world.trace.saved).toBe(0);
  });

  test('throws nothing away for an opening that all have in common', async () => {
    const user = createPlaceUser({ sequences: 2, memoryBytes: null });
    await answer(user, { prompt: [...run(1, 10), ...run(2, 500)] }, []);
    expect(await answer(user, { prompt: [...run(1, 10), NEW] }, [])).toEqual({
      tokens: 0,
      held: 0,
    });
    const again = await answer(user, { prompt: [...run(1, 10), ...run(2, 500), NEW] }, []);
    expect(again?.tokens).toBe(510);
  });
});

describe('one key', () => {
  test.each([
    ['of another relay', 'a', 'b'],
    ['of a relay, when the owner asks', 'a', undefined],
    ['of the owner, when a relay asks', undefined, 'a'],
    ['of somebody who calls himself the owner', undefined, 'owner'],
  ])('gets nothing %s', async (_who, first, second) => {
    for (const sequences of [1, 2]) {
      const user = createPlaceUser({ sequences });
      await answer(user, { prompt: run(1), key: first }, run(2));
      const visit = await ask(user, { prompt: [...run(1), NEW], key: second });
      expect(visit.known).toEqual({ tokens: 0, held: 0 });
      expect(visit.sequence.held()).toEqual([]);
    }
  });

  test('gets nothing of what another has in the store either', async () => {
    const user = createPlaceUser({ sequences: 1 });
    await answer(user, { prompt: run(1), key: 'a' }, run(2));
    await answer(user, { prompt: run(3), key: 'b' }, []);
    const foreign = await answer(user, { prompt: [...run(1), NEW], key: 'b' }, []);
    expect(foreign).toEqual({ tokens: 0, held: 0 });
    const own = await answer(user, { prompt: [...run(1), NEW], key: 'a' }, []);
    expect(own).toEqual({ tokens: 100, held: 0 });
  });

  test('is kept in sequences only where there is no memory for files, unless it is the owner', async () => {
    const user = createPlaceUser({ sequences: 1, memoryBytes: null, diskBytes: 1_000_000 });
    await answer(user, { prompt: run(1), key: 'a' }, run(2));
    await answer(user, { prompt: run(3) }, run(4));
    expect(user.store.diskBytes).toBe(0);
    expect((await answer(user, { prompt: [...run(1), NEW], key: 'a' }, []))?.tokens).toBe(0);
    expect(user.store.diskBytes).toBe(200 * BYTES_PER_TOKEN);
  });

  test('never comes to the disk unless it is the owner', async () => {
    const user = createPlaceUser({ sequences: 2, diskBytes: 1_000_000 });
    await answer(user, { prompt: run(1), key: 'a' }, run(2));
    await answer(user, { prompt: run(3) }, run(4));
    user.clock.advance(60_000);
    await quiet();
    expect(user.store.diskBytes).toBe(200 * BYTES_PER_TOKEN);
  });
});

test('what the owner said is on the disk after a pause, the displaced too, once', async () => {
  const user = createPlaceUser({ sequences: 1, diskBytes: 1_000_000 });
  await answer(user, { prompt: run(1) }, run(2));
  await answer(user, { prompt: run(3) }, run(4));
  expect(user.store.diskBytes).toBe(0);
  user.clock.advance(60_000);
  await quiet();
  expect(user.store.diskBytes).toBe(400 * BYTES_PER_TOKEN);
  const { saved } = user.world.trace;
  const next = await ask(user, { prompt: [...run(3), ...run(4), NEW] });
  await next.finish();
  user.clock.advance(60_000);
  await (await ask(user, { prompt: run(5, 10) })).cancel();
  expect(user.world.trace.saved).toBe(saved);
});

test('who comes while that is being written waits for one state, and no more are written', async () => {
  const user = createPlaceUser({ sequences: 2, memoryBytes: null, diskBytes: 1_000_000 });
  await answer(user, { prompt: run(1) }, run(2));
  await answer(user, { prompt: run(3) }, run(4));
  user.clock.advance(60_000);
  const again = await answer(user, { prompt: [...run(1), ...run(2), NEW] }, []);
  expect(again).toEqual({ tokens: 200, held: 0 });
  expect(user.world.trace.saved).toBe(1);
});

describe('requests that begin alike and come at once', () => {
  const shared = run(1, 1000);
  const several = async (user: PlaceUser, count: number, key?: string) => {
    const visits: Visit[] = [];
    for (let index = 0; index < count; index += 1) {
      visits.push(await ask(user, { prompt: [...shared, ...run(index + 10, 5)], key }));
    }
    return visits;
  };

  test('cost one reading of what they share', async () => {
    const user = createPlaceUser({ sequences: 8 });
    const visits = await several(user, 8, 'a');
    expect(visits.map(({ known }) => known?.tokens ?? null)).toEqual(
      [0, ...run(0, 7).fill(0)].map((value, index) => (index === 0 ? value : null)),
    );
    const [first] = visits;
    for (let left = 1000; left > 5; left = first?.read(32) ?? 0) await user.begin();
    await user.begin();
    for (const { known, sequence } of visits.slice(1)) {
      expect(known).toEqual({ tokens: 1000, held: 0 });
      expect(sequence.held()).toEqual(shared);
    }
    expect(user.world.trace).toEqual({ saved: 1, loaded: 7 });
  });

  test('go on by themselves when the one who reads is gone, and the next reads for the rest', async () => {
    const user = createPlaceUser({ sequences: 3 });
    const [first, second, third] = await several(user, 3);
    first?.read(500);
    await first?.cancel();
    await user.begin();
    // What was read until then is not lost.
    expect(second?.known).toEqual({ tokens: 500, held: 0 });
    expect(third?.known).toBeNull();
    second?.read(1004);
    await user.begin();
    expect(third?.known).toEqual({ tokens: 1000, held: 0 });
  });

  test('do not wait for one of another key, nor for one that can wait', async () => {
    const user = createPlaceUser({ sequences: 3 });
    await ask(user, { prompt: [...shared, NEW], priority: 'can-wait' });
    expect((await ask(user, { prompt: [...shared, NEW] })).known?.tokens).toBe(0);
    expect((await ask(user, { prompt: [...shared, NEW], key: 'a' })).known?.tokens).toBe(0);
  });

  test('do not wait where nothing can be handed over', async () => {
    const user = createPlaceUser({ sequences: 3, memoryBytes: null });
    for (const { known } of await several(user, 3)) expect(known?.tokens).toBe(0);
  });

  test('leave nothing behind when they go while they wait', async () => {
    const user = createPlaceUser({ sequences: 2 });
    for (const other of [8, 9]) {
      const visits = [await ask(user, { prompt: run(8) }), await ask(user, { prompt: run(9) })];
      for (const visit of visits) await visit.finish(run(other));
    }
    const first = await ask(user, { prompt: [...shared, NEW] });
    const second = await ask(user, { prompt: [...shared, NEW], holdSeconds: 60 });
    await second.cancel();
    first.read(1000);
    await user.begin();
    expect(second.known).toBeNull();
    await first.finish();
    for (const other of [8, 9]) {
      expect((await answer(user, { prompt: [...run(other), NEW] }, []))?.held).toBe(0);
    }
  });
});

const KEYS = [undefined, 'a', 'b'] as const;
const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('ask' as const),
      parts: fc.array(fc.nat(1), { minLength: 1, maxLength: 3 }),
      key: fc.constantFrom(...KEYS),
      holdSeconds: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('read' as const), at: fc.nat(3), most: fc.nat(150) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('finish' as const),
      at: fc.nat(3),
      words: fc.nat(120),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('cancel' as const), at: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.nat(40_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('damage' as const),
      at: fc.nat(9),
      how: fc.constantFrom('noticed' as const, 'unnoticed' as const, 'unreadable' as const),
    }),
  },
);

test('whatever happens, a sequence begins with a true prefix by its own key, within the bounds', async () => {
  const room = fc.option(fc.integer({ min: 0, max: 1000 * BYTES_PER_TOKEN }));
  const options = fc.record({
    sequences: fc.integer({ min: 1, max: 4 }),
    canRewind: fc.boolean(),
    memoryBytes: room,
    diskBytes: room,
  });
  await fc.assert(
    fc.asyncProperty(options, fc.array(action, { maxLength: 40 }), async (chosen, actions) => {
      const user = createPlaceUser(chosen);
      let visits: {
        readonly visit: Visit;
        readonly prompt: number[];
        readonly key: string;
        isSeen: boolean;
      }[] = [];
      const check = () => {
        expect(user.store.memoryBytes).toBeLessThanOrEqual(chosen.memoryBytes ?? 0);
        expect(user.store.diskBytes).toBeLessThanOrEqual(chosen.diskBytes ?? 0);
        for (const each of visits.filter(({ visit, isSeen }) => visit.known !== null && !isSeen)) {
          const {
            visit: { known, sequence },
            prompt,
            key,
          } = each;
          const held = sequence.held();
          expect(held.length).toBe(known?.tokens);
          expect(commonPrefix(held, prompt)).toBe(held.length);
          expect(held.length).toBeLessThan(prompt.length);
          expect(known?.held).toBeLessThanOrEqual(held.length);
          expect(sequence.writers().every((writer) => writer === key)).toBe(true);
          each.isSeen = true;
        }
      };
      for (const step of actions) {
        if (step.type === 'ask') {
          const prompt = [...step.parts.flatMap((part) => run(part, 70)), NEW];
          const visit = await user.ask({ prompt, key: step.key, holdSeconds: step.holdSeconds });
          if (visit !== null)
            visits.push({ visit, prompt, key: step.key ?? 'owner', isSeen: false });
        } else if (step.type === 'read') visits[step.at]?.visit.read(step.most);
        else if (step.type === 'wait') user.clock.advance(step.ms);
        else if (step.type === 'damage') (user.memory ?? user.disk)?.all[step.at]?.damage(step.how);
        else {
          const mine = visits[step.at];
          if (mine === undefined) continue;
          visits = visits.filter((each) => each !== mine);
          if (step.type === 'finish' && mine.visit.known !== null)
            await mine.visit.finish(run(1, step.words));
          else await mine.visit.cancel();
        }
        check();
        await user.begin();
        check();
      }
      // Nobody waits for ever.
      while (visits.length > 0) {
        const mine = visits.find(({ visit }) => visit.known !== null);
        expect(mine).toBeDefined();
        visits = visits.filter((each) => each !== mine);
        await mine?.visit.finish();
        await user.begin();
        check();
      }
    }),
    { numRuns: 1000 },
  );
});
