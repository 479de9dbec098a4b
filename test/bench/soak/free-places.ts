/** Whether every place of a quiet engine can still be had: asks for all of them at once. */
import { DEFAULT_SAMPLING } from '../../../electron/protocol/generate.ts';
import type { Engine } from '../../../electron/engine/ports.ts';

const LIMIT_MS = 60_000;

/** @returns places that nobody got, which is 0 when all is well */
export async function stuckPlaces(engine: Engine, sequences: number): Promise<number> {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort();
  }, LIMIT_MS);
  let started = 0;
  const ask = async (at: number) => {
    const turns = [{ role: 'user', text: `Write a long story, number ${String(at)}.` }] as const;
    const request = { turns, sampling: DEFAULT_SAMPLING, maxTokens: 1000, stop: [] };
    for await (const event of engine.generate(request, controller.signal)) {
      if (event.type === 'start') started += 1;
      // Nobody gives a place back before all have one.
      if (started === sequences || event.type === 'end') controller.abort();
    }
  };
  await Promise.all(Array.from({ length: sequences }, (_, at) => ask(at)));
  clearTimeout(timer);
  return sequences - started;
}
