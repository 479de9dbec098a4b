/** Any crash, loss and reorganisation, in any order: everything that was asked for happens once. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ChainError, type Eip1193 } from '../../../electron/chain/eip1193.ts';
import { createJournal, type Journal } from '../../../electron/chain/journal.ts';
import type { JournalStore } from '../../../electron/chain/ports.ts';
import { openSqliteJournal } from '../../../electron/chain/sqlite-journal.ts';
import { createFakeEth, FAKE_CHAIN_ID, fakeSigner, type FakeEth } from '../../fakes/fake-eth.ts';
import { createInstantClock } from '../../fakes/instant-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';

/** Of one request: it and its answer arrive, or what does not. `crash-…` ends the life of the app there. */
type Fate = 'fine' | 'lost' | 'unanswered' | 'crash-before' | 'crash-after';

interface Life {
  /** What is asked for, by number; the same number again is the same thing. */
  readonly wishes: readonly number[];
  readonly fates: readonly Fate[];
  readonly automine: boolean;
  readonly reorg: { readonly depth: number; readonly pooled: boolean };
}

const ACCOUNTS = 3;
const fate = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Fate>('fine') },
  { weight: 2, arbitrary: fc.constantFrom<Fate>('lost', 'unanswered') },
  { weight: 1, arbitrary: fc.constantFrom<Fate>('crash-before', 'crash-after') },
);
const life: fc.Arbitrary<Life> = fc.record({
  wishes: fc.array(fc.nat(11), { maxLength: 6 }),
  fates: fc.array(fate, { maxLength: 60 }),
  automine: fc.boolean(),
  reorg: fc.record({ depth: fc.nat(3), pooled: fc.boolean() }),
});

it('ends with everything that was asked for on the chain once, and the journal true', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 6 }), async (lives) => {
      const eth = createFakeEth();
      const store = openSqliteJournal(':memory:');
      for (const one of lives) await live(eth, store, one);
      await check(eth, store, lives);
      store.dispose();
    }),
    { numRuns: 150 },
  );
});

async function live(eth: FakeEth, store: JournalStore, { wishes, fates, automine, reorg }: Life) {
  eth.automine = automine;
  const death = Promise.withResolvers<'dead'>();
  const journal = openJournal(
    doomed(eth, [...fates], () => death.resolve('dead')),
    mortal(store),
  );
  const work = Promise.all([
    journal.settle().catch(expectOutage),
    ...wishes.map((wish) => ask(journal, wish).catch(expectOutage)),
  ]);
  await Promise.race([work, death.promise]);
  journal.dispose();
  eth.reorg(reorg.depth, reorg.pooled);

  /** Nothing that a dead app still does reaches the disk. */
  function mortal(target: JournalStore): JournalStore {
    let isDead = false;
    void death.promise.then(() => {
      isDead = true;
    });
    const guard =
      <Args extends readonly unknown[], Value>(work: (...args: Args) => Value) =>
      (...args: Args): Value => {
        if (isDead) throw new ChainError('unavailable', 'dead');
        return work(...args);
      };
    return { ...target, add: guard(target.add), change: guard(target.change) };
  }
}

function doomed(eth: FakeEth, fates: Fate[], die: () => void): Eip1193 {
  let isDead = false;
  const never = new Promise<never>(() => undefined);
  const crash = () => {
    isDead = true;
    die();
    return never;
  };
  return {
    async request(call) {
      if (isDead) return never;
      const next = fates.shift() ?? 'fine';
      if (next === 'crash-before') return crash();
      if (next === 'lost') throw new ChainError('unavailable', 'lost');
      const answer = await eth.request(call);
      if (next === 'crash-after') return crash();
      if (next === 'unanswered') throw new ChainError('unavailable', 'unanswered');
      return answer;
    },
  };
}

async function check(eth: FakeEth, store: JournalStore, lives: readonly Life[]): Promise<void> {
  eth.automine = true;
  eth.mine();
  const journal = openJournal(eth, store);
  await journal.settle();
  const wishes = new Set(lives.flatMap((one) => one.wishes));
  for (const wish of wishes) expect((await ask(journal, wish)).state).toBe('mined');
  await journal.settle();

  const done = eth.mined.map(({ data }) => data).sort();
  expect(done).toEqual([...wishes].map(dataOf).sort());
  expect(journal.pending()).toEqual([]);
  for (const { hash, inclusion, state } of journal.list(1_000)) {
    expect(state).toBe('mined');
    expect(eth.mined.some((one) => one.hash === hash)).toBe(true);
    expect(eth.blockHash(inclusion?.blockNumber ?? -1)).toBe(inclusion?.blockHash);
  }
}

function openJournal(eip1193: Eip1193, store: JournalStore): Journal {
  const clock = createInstantClock();
  return createJournal({ store, eip1193, clock, log: createMemoryLog() }, FAKE_CHAIN_ID);
}

function ask(journal: Journal, wish: number) {
  const signer = fakeSigner(1 + (wish % ACCOUNTS));
  return journal.send('test', signer, { to: null, data: dataOf(wish) }, { key: String(wish) });
}

function dataOf(wish: number): `0x${string}` {
  return `0x${wish.toString(16).padStart(2, '0')}`;
}

function expectOutage(error: unknown): void {
  expect(error).toMatchObject({ fault: 'unavailable' });
}
