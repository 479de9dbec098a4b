/** When an engine is tested, what its answer proves, and that a wrong one is never served from. */
import { describe, expect, it } from 'vitest';
import {
  isDue,
  judge,
  NO_SELF_TEST,
  selfTestOf,
  selfTestRecordSchema,
  type Findings,
  type SelfTestFacts,
  type SelfTestRecord,
} from '../../../electron/governor/self-test.ts';
import {
  createSelfTester,
  RETRY_MS,
  type SelfTestPorts,
} from '../../../electron/governor/self-test-runner.ts';
import { isWantedBack } from '../../../electron/governor/self-test-way.ts';
import type { SelfTest } from '../../../electron/ipc/governor.ts';
import type { ReasonCode } from '../../../electron/ipc/status.ts';
import { createDeferred } from '../../../electron/platform/deferred.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { quiet } from '../../fakes/settle.ts';

const FACTS: SelfTestFacts = {
  ...{ modelSha256: 'aa', engineVersion: 'b1', backend: 'cuda', device: 'Card', driver: '570' },
};
const OTHERS: readonly Partial<SelfTestFacts>[] = [
  { modelSha256: 'bb' },
  { engineVersion: 'b2' },
  { backend: 'vulkan' },
  { device: 'Other card' },
  { driver: '580' },
];
const HEAT = { celsius: 40, whyUnknown: null, isWaived: false };
const RIGHT: Findings = { golden: 'right', answer: null, heat: HEAT };
const answered = (tokenIds: readonly number[], logprobs: readonly number[] = []): Findings => ({
  ...{ golden: 'no-golden', answer: { tokenIds, logprobs }, heat: HEAT },
});
const after = (findings: Findings, record: SelfTestRecord = NO_SELF_TEST, facts = FACTS) =>
  judge(record, facts, findings, 7);
const stateAfter = (...args: Parameters<typeof after>) => after(...args).last?.state;

describe('a self-test', () => {
  it('is due the first time, and for another model, engine, backend, card or driver', () => {
    expect(isDue(NO_SELF_TEST, FACTS, 7)).toBe(true);
    const record = after(RIGHT);
    expect(isDue(record, { ...FACTS }, 7)).toBe(false);
    for (const other of OTHERS) expect(isDue(record, { ...FACTS, ...other }, 7)).toBe(true);
  });

  it('holds only for the engine it was made with', () => {
    const record = after(RIGHT);
    expect(selfTestOf(record, FACTS, 7)).toMatchObject({ state: 'passed', atMs: 7 });
    expect(selfTestOf(record, { ...FACTS, driver: '580' }, 7).state).toBe('none');
    expect(selfTestOf(record, null, 7).state).toBe('none');
    expect(selfTestRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });

  it('fails for a wrong answer, none, and one that makes no sense', () => {
    const failing: readonly Findings[] = [
      { ...RIGHT, golden: 'wrong' },
      { ...RIGHT, golden: 'no-golden' },
      answered([]),
      answered([5, 5, 5, 5]),
      answered([1, 2, 3], [-0.1, NaN, -2]),
      answered([1, 2, 3], [-0.1, -Infinity, -2]),
    ];
    for (const findings of failing) {
      const { last, known } = after(findings);
      expect(last).toMatchObject({ state: 'failed', detail: expect.any(String) as string });
      expect(known).toEqual([]);
    }
    expect(stateAfter(answered([5, 5, 5]))).toBe('passed');
    expect(stateAfter(answered([1, 2], [-0.1, -3]))).toBe('passed');
  });

  it('compares with the first answer of the same card, whatever the driver', () => {
    const first = after(answered([1, 2, 3]));
    expect(first.known).toHaveLength(1);
    const newDriver = { ...FACTS, driver: '580' };
    expect(stateAfter(answered([1, 2, 3]), first, newDriver)).toBe('passed');
    const wrong = after(answered([1, 2, 4]), first, newDriver);
    expect(wrong.last?.state).toBe('failed');
    expect(wrong.known).toEqual(first.known);
    expect(stateAfter(answered([1, 2, 4]), first)).toBe('failed');
    for (const other of OTHERS.slice(0, 4)) {
      const moved = after(answered([1, 2, 4]), first, { ...FACTS, ...other });
      expect(moved.last?.state).toBe('passed');
      expect(moved.known).toHaveLength(2);
    }
  });

  it('remembers the last 200 first answers, and 64 tokens of each', () => {
    let record = NO_SELF_TEST;
    const tokens = Array.from({ length: 70 }, (_value, index) => index);
    for (let model = 0; model < 205; model++) {
      record = after(answered(tokens), record, { ...FACTS, modelSha256: `m${model}` });
    }
    expect(record.known).toHaveLength(200);
    expect(record.known[0]?.facts.modelSha256).toBe('m5');
    expect(record.known[0]?.tokenIds).toHaveLength(64);
    expect(stateAfter(answered(tokens), record, { ...FACTS, modelSha256: 'm9' })).toBe('passed');
  });

  it('wants the temperature of a card, unless its owner does without', () => {
    const blind = { celsius: null, whyUnknown: 'no driver', isWaived: false };
    const { last } = after({ ...RIGHT, heat: blind });
    expect(last?.state).toBe('failed');
    expect(last?.detail).toContain('no driver');
    expect(stateAfter({ ...RIGHT, heat: { ...HEAT, celsius: NaN } })).toBe('failed');
    // It may be readable ten minutes later; a wrong answer stays wrong.
    const record = after({ ...RIGHT, heat: blind });
    const dueAfter = (ms: number, of = record) => isDue(of, FACTS, 7 + ms);
    expect([dueAfter(599_999), dueAfter(600_000), dueAfter(-600_000)]).toEqual([false, true, true]);
    expect(dueAfter(86_400_000, after({ ...RIGHT, golden: 'wrong' }))).toBe(false);
    expect(selfTestRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
    expect(stateAfter({ ...RIGHT, heat: { ...blind, isWaived: true } })).toBe('passed');
    expect(stateAfter({ ...RIGHT, heat: null })).toBe('passed');
    expect(stateAfter({ ...RIGHT, golden: 'wrong', heat: { ...blind, isWaived: true } })).toBe(
      'failed',
    );
  });
});

function world(change: Partial<SelfTestPorts> = {}) {
  const clock = createManualClock(0);
  const told: SelfTest['state'][] = [];
  let written: SelfTestRecord | null = null;
  const asked = { golden: 0, facts: FACTS as SelfTestFacts | null };
  const tester = createSelfTester({
    file: { read: () => NO_SELF_TEST, write: (record) => (written = record) },
    clock,
    log: createMemoryLog(),
    facts: () => asked.facts,
    golden: async () => {
      asked.golden += 1;
      return 'right';
    },
    answer: async () => ({ tokenIds: [1, 2], logprobs: [] }),
    heat: async () => null,
    onChange: ({ state }) => told.push(state),
    ...change,
  });
  return { tester, clock, told, asked, written: () => written };
}

describe('whoever tests', () => {
  it('tests when it is due, once, and tells', async () => {
    const { tester, told, asked, written } = world();
    tester.look();
    tester.look();
    expect(tester.state().state).toBe('running');
    await quiet();
    expect(told).toEqual(['running', 'passed']);
    tester.look();
    await quiet();
    expect(asked.golden).toBe(1);
    expect(written()?.last?.state).toBe('passed');
    asked.facts = { ...FACTS, driver: '580' };
    expect(tester.state().state).toBe('none');
    tester.look();
    await quiet();
    expect(asked.golden).toBe(2);
  });

  it('does not ask for an answer where one is known, and does where none is', async () => {
    let answers = 0;
    const answer = async () => {
      answers += 1;
      return { tokenIds: [1, 2], logprobs: [] };
    };
    await world({ answer }).tester.run();
    expect(answers).toBe(0);
    const without = world({ answer, golden: async () => 'no-golden' });
    await without.tester.run();
    expect(answers).toBe(1);
    expect(without.written()?.known).toHaveLength(1);
  });

  it('does not repeat what failed, but does when it is asked to', async () => {
    const answers: ('right' | 'wrong')[] = ['wrong', 'right'];
    const { tester, told } = world({ golden: async () => answers.shift() ?? 'right' });
    tester.look();
    await quiet();
    tester.look();
    await quiet();
    expect(tester.state().state).toBe('failed');
    await tester.run();
    expect(told).toEqual(['running', 'failed', 'running', 'passed']);
  });

  it('tries again a minute later when the engine cannot answer', async () => {
    let isBusy = true;
    const golden = async () => {
      if (isBusy) throw new Error('busy');
      return 'right' as const;
    };
    const { tester, clock, told } = world({ golden });
    tester.look();
    await quiet();
    tester.look();
    expect(told).toEqual(['running', 'none']);
    isBusy = false;
    expect(RETRY_MS).toBe(60_000);
    clock.advance(RETRY_MS);
    await quiet();
    expect(told).toEqual(['running', 'none', 'running', 'passed']);
  });

  it('asks no engine where the temperature cannot be read', async () => {
    const heat = async () => ({ celsius: null, whyUnknown: 'no driver', isWaived: false });
    const { tester, asked, written } = world({ heat });
    await tester.run();
    expect([asked.golden, written()?.last?.state]).toEqual([0, 'failed']);
  });

  it('begins anew for its owner while one that was stopped is still ending', async () => {
    const answer = createDeferred<'right'>();
    const answers = [answer.promise, Promise.resolve('right' as const)];
    const { tester, told } = world({ golden: () => answers.shift() ?? answer.promise });
    tester.look();
    await quiet();
    tester.stop();
    const mine = tester.run();
    answer.resolve('right');
    await mine;
    expect(told).toEqual(['running', 'none', 'running', 'passed']);
  });

  it('that is stopped has found out nothing, and begins again only with the next look', async () => {
    const answer = createDeferred<'right'>();
    const { tester, told, written } = world({ golden: () => answer.promise });
    tester.look();
    tester.stop();
    answer.resolve('right');
    await quiet();
    expect([told, written()]).toEqual([['running', 'none'], null]);
    tester.look();
    await quiet();
    expect(told).toEqual(['running', 'none', 'running', 'passed']);
  });

  it('says nothing about a model that came meanwhile, and tests that one', async () => {
    const { tester, asked, written } = world();
    const first = tester.run();
    asked.facts = { ...FACTS, modelSha256: 'bb' };
    await first;
    await quiet();
    expect(asked.golden).toBe(2);
    expect(written()?.last?.facts.modelSha256).toBe('bb');
  });

  it('does nothing without a model, nor after its end', async () => {
    const { tester, told, asked } = world();
    asked.facts = null;
    tester.look();
    await tester.run();
    asked.facts = FACTS;
    tester.dispose();
    tester.look();
    await quiet();
    expect(told).toEqual([]);
  });
});

describe('an automatic test gives way', () => {
  const isGivingWay = (code: ReasonCode) =>
    isWantedBack({ reasons: [{ code, untilMs: null, detail: null }] });

  it.each(['owner-active', 'game', 'fullscreen', 'on-battery', 'suspended', 'schedule'] as const)(
    'for %s',
    (code) => {
      expect(isGivingWay(code)).toBe(true);
    },
  );

  it.each(['arming', 'preparing', 'sensor-missing', 'gpu-hot', 'memory-short'] as const)(
    'not for %s, which it may bring about itself',
    (code) => {
      expect(isGivingWay(code)).toBe(false);
    },
  );
});
