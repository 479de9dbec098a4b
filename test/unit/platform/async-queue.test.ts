import { describe, expect, it } from 'vitest';
import { createAsyncQueue, type AsyncQueue } from '../../../electron/platform/async-queue.ts';

async function readAll<Item>(queue: AsyncQueue<Item>, seen: Item[] = []): Promise<Item[]> {
  for await (const item of queue) seen.push(item);
  return seen;
}

describe('an asynchronous queue', () => {
  it('delivers everything in order to a consumer that comes late, then ends', async () => {
    const queue = createAsyncQueue<number | undefined>();
    for (const item of [1, undefined, 2]) queue.push(item);
    queue.end();
    queue.push(3);
    expect(await readAll(queue)).toEqual([1, undefined, 2]);
  });

  it('wakes a consumer that waits, also for what comes while it works', async () => {
    const queue = createAsyncQueue<number>();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const item of queue) {
        seen.push(item);
        if (item < 3) queue.push(item + 1);
        else queue.end();
      }
    })();
    await Promise.resolve();
    queue.push(1);
    await reading;
    expect(seen).toEqual([1, 2, 3]);
  });

  it('throws only after what came before, and only the first failure', async () => {
    const queue = createAsyncQueue<number>();
    const seen: number[] = [];
    queue.push(1);
    queue.fail(new Error('gone'));
    queue.fail(new Error('too late'));
    queue.push(2);
    await expect(readAll(queue, seen)).rejects.toThrow('gone');
    expect(seen).toEqual([1]);
  });

  it('tells when the consumer leaves early, and not when it stays', async () => {
    let left = 0;
    const leave = async (queue: AsyncQueue<number>): Promise<void> => {
      queue.push(1);
      for await (const item of queue) if (item === 1) break;
    };
    await leave(createAsyncQueue(() => (left += 1)));
    expect(left).toBe(1);
    const ended = createAsyncQueue<number>(() => (left += 1));
    ended.end();
    await readAll(ended);
    expect(left).toBe(1);
    await leave(createAsyncQueue());
  });
});
