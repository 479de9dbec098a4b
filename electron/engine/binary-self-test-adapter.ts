/** Answers node-llama-cpp's self-test of its binary inside this process, which is already a throw-away one. */
import { registerHooks } from 'node:module';

type Listener = (value: unknown) => void;

/** The symbol under which the stand-in module below finds the answering function. */
const STAND_IN = Symbol.for('lull.binary-self-test');
const STAND_IN_URL = 'lull:binary-self-test';

/** What the self-test expects to hear for each thing that it asks. */
const ANSWERS: Readonly<Record<string, string>> = { start: 'loaded', test: 'done' };

/**
 * Before it loads a binary, node-llama-cpp forks a process that loads it first. Inside a utility process of
 * a packaged app that fork needs the RunAsNode fuse, which Lull switches off, and so every binary would count
 * as broken. The engine and the probe already run in a process of their own that may crash without harm:
 * they are the test. This makes the `electron` module that the self-test imports one whose `utilityProcess`
 * says yes; nothing else in the process sees it. Call it before node-llama-cpp is imported.
 */
export function answerBinarySelfTest(): void {
  Object.assign(globalThis, { [STAND_IN]: { fork: forkNothing } });
  registerHooks({
    resolve(specifier, context, next) {
      const asksForTest = context.parentURL?.includes('testBindingBinary') ?? false;
      if (specifier !== 'electron' || !asksForTest) return next(specifier, context);
      return { url: STAND_IN_URL, format: 'module', shortCircuit: true };
    },
    load(url, context, next) {
      if (url !== STAND_IN_URL) return next(url, context);
      const source = `export const utilityProcess = globalThis[Symbol.for('lull.binary-self-test')];`;
      return { format: 'module', source, shortCircuit: true };
    },
  });
}

/** Looks like a utility process that loads the binary, tests it and exits with success. */
function forkNothing() {
  const listeners = new Map<string, Listener>();
  const tell = (event: string, value: unknown) => {
    queueMicrotask(() => listeners.get(event)?.(value));
  };
  return {
    pid: undefined,
    on(event: string, listener: Listener) {
      listeners.set(event, listener);
      if (event === 'message') tell('message', { type: 'ready' });
    },
    postMessage(message: { readonly type: string }) {
      const answer = ANSWERS[message.type];
      if (answer === undefined) tell('exit', 0);
      else tell('message', { type: answer });
    },
    kill: () => true,
  };
}
