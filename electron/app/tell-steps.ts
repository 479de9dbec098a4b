/** Tells the terminal about the preparation: a line when a step begins and one when it ends. */
import type { Hub } from '../hub/hub.ts';
import type { Terminal } from './terminal.ts';

/** Returns a function that stops it. */
export function tellSteps(hub: Hub, terminal: Terminal): () => void {
  const told = new Set<string>();
  const stop = hub.onPatch(({ changes }) => {
    for (const { id, title, state, detail } of changes.setup?.steps ?? []) {
      const line = state === 'running' ? `${title} …` : `${title}: ${detail ?? state}`;
      const key = `${id} ${state}`;
      if (state === 'waiting' || told.has(key)) continue;
      told.add(key);
      terminal.tell(line);
    }
  });
  return () => {
    // Brings out what still waits for the next patch.
    hub.snapshot();
    stop();
  };
}
