/** The self-test of a node: when the engine is really asked, what of, and what is said of it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeSelfTest } from '../../../electron/app/compose-self-test.ts';
import type { NodeRequest } from '../../../electron/app/compose-engine.ts';
import { createOwnersUse } from '../../../electron/app/owners-use.ts';
import { createHub } from '../../../electron/hub/hub.ts';
import type { Candidate, ModelInfo } from '../../../electron/ipc/snapshot.ts';
import { STARTER_GOLDEN } from '../../../electron/models/starter-golden.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import { drop } from '../../../electron/platform/drop.ts';
import { untilAborted } from '../../../electron/platform/until-aborted.ts';
import { createFakeSensors } from '../../fakes/fake-sensors.ts';
import { FAKE_MODEL, FAKE_STARTER, fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { quiet, settled } from '../../fakes/settle.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lull-self-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const ON_PROCESSOR: Candidate = {
  backend: 'cpu',
  deviceIndex: null,
  device: null,
  state: 'chosen',
  goldenAnswer: true,
  layersOffloaded: null,
  layersTotal: null,
  tokensPerSecond: 1,
  why: '',
};

function setUp(model: ModelInfo, candidate: Partial<Candidate> = {}, path = 'self-test.json') {
  const clock = createManualClock();
  const hub = createHub(fakeSnapshot(), clock);
  hub.dispatch({ type: 'candidates-found', candidates: [{ ...ON_PROCESSOR, ...candidate }] });
  hub.dispatch({ type: 'models-changed', current: model, known: [model] });
  const asked: NodeRequest[] = [];
  const owners = createOwnersUse(clock);
  const seen = { hashes: 0, isClear: false, isUnreadable: false, isSlow: false, isLoading: false };
  const tokenIds: { current: readonly number[] } = { current: [5, 6, 7, 8] };
  const tester = composeSelfTest(join(folder, path), {
    ...{ hub, clock, log: createMemoryLog(), sensors: createFakeSensors(clock) },
    library: { current: () => model },
    owners,
    engine: {
      load: (signal) =>
        seen.isLoading
          ? untilAborted(new Promise<never>(() => undefined), signal)
          : Promise.resolve(),
      paceRelays: () => Promise.resolve(),
      release: () => Promise.resolve(),
      pid: undefined,
    },
    hashes: {
      sha256Of() {
        seen.hashes += 1;
        return seen.isUnreadable
          ? Promise.reject(new AppError('model-missing'))
          : Promise.resolve(`0x${'ab'.repeat(32)}` as const);
      },
    },
    answers: {
      async *generate(request, signal) {
        asked.push(request);
        await (seen.isSlow ? untilAborted(new Promise<never>(() => undefined), signal) : null);
        yield { type: 'tokens', text: '', tokenIds: [...tokenIds.current] };
      },
    },
    isClear: () => seen.isClear,
    onChange: () => undefined,
  });
  const state = () => hub.snapshot().governor.selfTest.state;
  return { clock, hub, asked, owners, seen, tokenIds, tester, state };
}

describe('the self-test of a model of one’s own', () => {
  it('asks the engine once, and only when nothing stands in the way', async () => {
    const { asked, seen, tester, state } = setUp(FAKE_MODEL);
    tester.look();
    await quiet();
    expect([asked.length, seen.hashes]).toEqual([0, 0]);
    seen.isClear = true;
    tester.look();
    await quiet();
    expect([seen.hashes, state()]).toEqual([1, 'none']);
    tester.look();
    await settled(() => state() === 'passed', 'the test');
    tester.look();
    await quiet();
    expect(asked).toHaveLength(1);
    // Nothing that the owner's conversations keep is touched.
    expect(asked[0]).toMatchObject({ cacheKey: 'self-test', sampling: { temperature: 0 } });
  });

  it('is remembered, and compared with, by the next run of Lull', async () => {
    const first = setUp(FAKE_MODEL);
    await first.tester.run();
    expect(first.state()).toBe('passed');
    const next = setUp(FAKE_MODEL);
    next.seen.isClear = true;
    next.tester.look();
    await settled(() => next.state() === 'passed', 'what was found before');
    expect(next.asked).toEqual([]);
    next.tokenIds.current = [5, 6, 7, 9];
    await next.tester.run();
    expect(next.state()).toBe('failed');
    // The way out: the owner runs it again, and the engine answers as before.
    next.tokenIds.current = [5, 6, 7, 8];
    await next.tester.run();
    expect(next.state()).toBe('passed');
    expect(next.asked).toHaveLength(2);
  });

  it('is not begun beside a game that started while it was prepared', async () => {
    const { asked, seen, tester, state } = setUp(FAKE_MODEL);
    seen.isClear = true;
    tester.look();
    await quiet();
    seen.isClear = false;
    tester.look();
    await quiet();
    expect([asked.length, state()]).toEqual([0, 'none']);
  });

  it('ends when somebody wants the computer, and is made up for once they are gone', async () => {
    const { asked, owners, seen, tester, state } = setUp(FAKE_MODEL);
    Object.assign(seen, { isClear: true, isSlow: true });
    tester.look();
    await quiet();
    tester.look();
    await settled(() => asked.length === 1, 'the question');
    expect([state(), owners.isAnswering()]).toEqual(['running', false]);
    seen.isClear = false;
    tester.giveWay();
    await settled(() => state() === 'none', 'the end of the test');
    tester.look();
    await quiet();
    expect(asked).toHaveLength(1);
    Object.assign(seen, { isClear: true, isSlow: false });
    tester.look();
    await settled(() => state() === 'passed', 'the next test');
  });

  it('that its owner asked for is theirs, and ends for nobody', async () => {
    const { asked, owners, seen, tester, state } = setUp(FAKE_MODEL);
    seen.isSlow = true;
    drop(tester.run(), 'the test', createMemoryLog());
    await settled(() => asked.length === 1, 'the question');
    tester.giveWay();
    await quiet();
    expect([state(), owners.isAnswering()]).toEqual(['running', true]);
    tester.dispose();
    await settled(() => !owners.isAnswering(), 'the end of the test');
  });

  it('is its owner’s from the moment that the model is loaded for it', async () => {
    const { asked, owners, seen, tester } = setUp(FAKE_MODEL);
    seen.isLoading = true;
    drop(tester.run(), 'the test', createMemoryLog());
    await settled(() => owners.isAnswering(), 'the load');
    expect(asked).toEqual([]);
    tester.dispose();
    await settled(() => !owners.isAnswering(), 'the end of the test');
  });

  it('reads a file that cannot be read once, not again and again', async () => {
    const { seen, tester, state } = setUp(FAKE_MODEL);
    seen.isClear = true;
    seen.isUnreadable = true;
    for (let look = 0; look < 5; look++) {
      tester.look();
      await quiet();
    }
    expect([seen.hashes, state()]).toEqual([1, 'none']);
  });
});

describe('the self-test of the test model', () => {
  it('takes the answer that the test of the backends got, whoever is at the computer', async () => {
    const { asked, tester, state } = setUp(FAKE_STARTER);
    tester.look();
    await quiet();
    tester.look();
    await settled(() => state() === 'passed', 'the test');
    expect(asked).toEqual([]);
  });

  it('really asks when the owner wants it, and a wrong answer blocks until it is right', async () => {
    const { asked, tester, tokenIds, state, hub } = setUp(FAKE_STARTER);
    await tester.run();
    expect(state()).toBe('failed');
    expect(hub.snapshot().governor.selfTest.detail).toContain('wrong answer');
    tokenIds.current = STARTER_GOLDEN.tokenIds;
    await tester.run();
    expect(state()).toBe('passed');
    expect(asked).toHaveLength(2);
  });

  it('asks anew where the test of the backends got a wrong answer', async () => {
    const { asked, seen, tester, tokenIds, state } = setUp(FAKE_STARTER, { goldenAnswer: false });
    tokenIds.current = STARTER_GOLDEN.tokenIds;
    tester.look();
    await quiet();
    expect(asked).toEqual([]);
    seen.isClear = true;
    tester.look();
    await quiet();
    tester.look();
    await settled(() => state() === 'passed', 'the test');
    expect(asked).toHaveLength(1);
  });
});

describe('the record of self-tests', () => {
  it('that is damaged or cannot be read stops nobody from starting', async () => {
    writeFileSync(join(folder, 'damaged.json'), '{');
    mkdirSync(join(folder, 'folder.json'));
    for (const path of ['damaged.json', 'folder.json']) {
      const { tester, state } = setUp(FAKE_MODEL, {}, path);
      await tester.run();
      expect(state()).toBe('passed');
    }
  });
});
