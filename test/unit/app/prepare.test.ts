import { describe, expect, it } from 'vitest';
import { createPreparation, type Step } from '../../../electron/app/prepare.ts';
import { initialSnapshot } from '../../../electron/hub/initial-snapshot.ts';
import { reduce } from '../../../electron/hub/reduce.ts';
import { AppError } from '../../../electron/platform/app-error.ts';

function setUp(steps: readonly Step[]) {
  let state = initialSnapshot({ version: '0', runtime: 'test', dataFolder: 'data' });
  const preparation = createPreparation(steps, (event) => {
    state = reduce(state, event);
  });
  return { preparation, setup: () => state.setup };
}

/** Runs until it is aborted, then throws as an aborted reader would. */
const endless: Step = {
  id: 'backends',
  title: 'Endless',
  run: (signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(new Error('aborted'));
      });
    }),
};

const quick: Step = {
  id: 'starter',
  title: 'Quick',
  run: async (_signal, onProgress) => {
    onProgress(0.5, 'half');
    return { detail: 'ready' };
  },
};

describe('preparation', () => {
  it('names each step and how it ended', async () => {
    const skipped: Step = {
      id: 'load',
      title: 'Skipped',
      run: async () => ({ detail: 'known', skipped: true }),
    };
    const { preparation, setup } = setUp([quick, skipped]);
    await preparation.run();
    await preparation.ready();
    expect(setup().phase).toBe('done');
    expect(setup().steps.map(({ state, detail }) => [state, detail])).toEqual([
      ['done', 'ready'],
      ['skipped', 'known'],
    ]);
  });

  it('stops where it is cancelled, says so, and can be run again', async () => {
    const { preparation, setup } = setUp([quick, endless]);
    const run = preparation.run();
    await new Promise((resolve) => setImmediate(resolve));
    preparation.cancel();
    await run;
    expect(setup()).toMatchObject({ phase: 'cancelled', failure: { code: 'cancelled' } });
    expect(setup().steps.map(({ state }) => state)).toEqual(['done', 'cancelled']);
    await expect(preparation.ready()).rejects.toMatchObject({ code: 'cancelled' });
    const again = preparation.run();
    await new Promise((resolve) => setImmediate(resolve));
    expect(setup().phase).toBe('running');
    preparation.cancel();
    await again;
  });

  it('gives the reason of a failure to whoever waits', async () => {
    let fail = true;
    const { preparation, setup } = setUp([
      {
        ...quick,
        run: async () => {
          if (fail) throw new AppError('disk-full', { details: '3 MB are missing' });
          return { detail: 'ready' };
        },
      },
    ]);
    const run = preparation.run();
    const waiting = preparation.ready();
    await expect(waiting).rejects.toMatchObject({ code: 'disk-full' });
    await run;
    expect(setup()).toMatchObject({ phase: 'failed', failure: { code: 'disk-full' } });
    fail = false;
    await preparation.run();
    await expect(preparation.ready()).resolves.toBeUndefined();
  });

  it('answers questions once what is needed has worked, whatever becomes of the rest', async () => {
    const optional: Step = { ...endless, id: 'load', isOptional: true };
    const { preparation, setup } = setUp([quick, optional]);
    const run = preparation.run();
    await preparation.ready();
    expect(setup().phase).toBe('running');
    preparation.cancel();
    await run;
    expect(setup().phase).toBe('done');
    expect(setup().steps.map(({ state }) => state)).toEqual(['done', 'cancelled']);
    await expect(preparation.ready()).resolves.toBeUndefined();
    const failing: Step = {
      ...optional,
      run: async () => {
        throw new AppError('model-too-large');
      },
    };
    const other = setUp([quick, failing]);
    await other.preparation.run();
    expect(other.setup()).toMatchObject({ phase: 'done', failure: null });
    await expect(other.preparation.ready()).resolves.toBeUndefined();
  });

  it('starts again from the first step when it is asked to in the middle of a run', async () => {
    let starts = 0;
    const counted: Step = {
      ...quick,
      run: async () => {
        starts += 1;
        return { detail: 'ready' };
      },
    };
    const { preparation, setup } = setUp([counted, endless]);
    const first = preparation.run();
    await new Promise((resolve) => setImmediate(resolve));
    const second = preparation.runAgain();
    await first;
    await new Promise((resolve) => setImmediate(resolve));
    expect(starts).toBe(2);
    expect(setup().phase).toBe('running');
    preparation.cancel();
    await second;
    expect(setup().phase).toBe('cancelled');
  });

  it('lets a waiter give up without disturbing the run', async () => {
    const { preparation, setup } = setUp([endless]);
    const run = preparation.run();
    const abort = new AbortController();
    const waiting = preparation.ready(abort.signal);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    expect(setup().phase).toBe('running');
    preparation.cancel();
    await run;
  });
});
