/** A child process that exists only in the test, which reads its post and speaks for it. */
import type { Child, ChildOptions, SpawnChild } from '../../electron/platform/child.ts';

export interface ScriptedChild {
  readonly entry: string;
  readonly options: ChildOptions;
  /** Everything that was posted to it. */
  readonly received: readonly unknown[];
  readonly isAlive: boolean;
  /** Speaks to its parent. */
  say(message: unknown): void;
  /** Ends by itself. */
  exit(code: number | null): void;
}

export interface ScriptedChildren {
  readonly spawn: SpawnChild;
  readonly all: readonly ScriptedChild[];
  readonly last: ScriptedChild;
}

/**
 * @param onPost answers a message as the child would
 * @param onKill ends it; by default at once
 */
export function createScriptedChildren(
  onPost: (child: ScriptedChild, message: unknown) => void = () => undefined,
  onKill: (child: ScriptedChild) => void = (child) => {
    child.exit(null);
  },
): ScriptedChildren {
  const all: ScriptedChild[] = [];
  const spawn: SpawnChild = (entry, options): Child => {
    const messages = new Set<(message: unknown) => void>();
    const exits = new Set<(code: number | null) => void>();
    const received: unknown[] = [];
    let isAlive = true;
    const child: ScriptedChild = {
      entry,
      options,
      received,
      get isAlive() {
        return isAlive;
      },
      say(message) {
        for (const listener of messages) listener(message);
      },
      exit(code) {
        if (!isAlive) return;
        isAlive = false;
        for (const listener of exits) listener(code);
      },
    };
    all.push(child);
    return {
      pid: all.length,
      post(message) {
        if (!isAlive) return;
        // A copy, as between processes: its sender may overwrite what it sent.
        const copy: unknown = structuredClone(message);
        received.push(copy);
        onPost(child, copy);
      },
      onMessage(listener) {
        messages.add(listener);
        return () => messages.delete(listener);
      },
      onExit(listener) {
        exits.add(listener);
        return () => exits.delete(listener);
      },
      kill() {
        // The news of a death never arrives during the blow.
        queueMicrotask(() => {
          onKill(child);
        });
      },
    };
  };
  return {
    spawn,
    all,
    get last() {
      const child = all.at(-1);
      if (child === undefined) throw new Error('no process was started');
      return child;
    },
  };
}
