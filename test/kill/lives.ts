/** Starts lives, one ahead so that loading costs no time, and sees each to its end and its children to theirs. */
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fromLifeSchema, LIFE_FILES, type FromLife, type LifePlan } from './life-plan.ts';

const ENTRY = path.join(import.meta.dirname, 'life-process.ts');
/** Far beyond what a life takes on a busy machine. */
const LIFE_MS = 120_000;
/** A child whose parent was killed ends by itself, well before this. */
const ORPHAN_MS = 15_000;
const LOOK_MS = 5;
const WORDS_KEPT = 4_000;

/** Called once relays run. @returns what calls the killing off */
export type RandomKiller = (main: ChildProcess, chainPid: number | null) => () => void;

export interface LifeEnd {
  /** Steps at which it, or its chain, died by its own hand. */
  readonly kills: readonly string[];
  /** What it found out, if it settled. */
  readonly checked: Extract<FromLife, { readonly type: 'checked' }> | null;
}

export interface Lives {
  /** @throws Error when the life failed, hung, or left an orphan behind */
  run(plan: LifePlan, killer: RandomKiller): Promise<LifeEnd>;
  dispose(): void;
}

interface Spare {
  readonly child: ChildProcess;
  readonly loaded: Promise<unknown>;
  /** The end of what it printed. */
  words: string;
}

/** @param cache folder for compiled code, shared by all lives */
export function createLives(cache: string): Lives {
  let spare = start(cache);
  return {
    async run(plan, killer) {
      const mine = spare;
      await mine.loaded;
      spare = start(cache);
      rmSync(path.join(plan.folder, LIFE_FILES.pids), { force: true });
      rmSync(path.join(plan.folder, LIFE_FILES.kills), { force: true });
      const end = await follow(mine, plan, killer);
      await untilGone(linesOf(plan, LIFE_FILES.pids).map(Number));
      return { ...end, kills: linesOf(plan, LIFE_FILES.kills) };
    },
    dispose() {
      spare.child.kill('SIGKILL');
    },
  };
}

function start(cache: string): Spare {
  const child = fork(ENTRY, [], {
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const loaded = new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', () => {
      reject(new Error(`a life did not start: ${mine.words}`));
    });
  });
  loaded.catch(() => undefined);
  const mine: Spare = { child, loaded, words: '' };
  child.stderr?.on('data', (text: Buffer) => {
    mine.words = `${mine.words}${text.toString()}`.slice(-WORDS_KEPT);
  });
  return mine;
}

async function follow(
  mine: Spare,
  plan: LifePlan,
  killer: RandomKiller,
): Promise<Omit<LifeEnd, 'kills'>> {
  const { child } = mine;
  const end = Promise.withResolvers<NodeJS.Signals | null>();
  const told: { checked: LifeEnd['checked']; isDone: boolean; failure: string | null } = {
    checked: null,
    isDone: false,
    failure: null,
  };
  let callOff = (): void => undefined;
  child.on('message', (message) => {
    const news = fromLifeSchema.parse(message);
    if (news.type === 'checked') told.checked = news;
    else if (news.type === 'working') callOff = killer(child, news.chainPid);
    else if (news.type === 'done') told.isDone = true;
    else if (news.type === 'failed') told.failure = news.message;
  });
  child.once('exit', (_code, signal) => {
    end.resolve(signal);
  });
  child.send(plan);
  const alarm = setTimeout(() => {
    told.failure ??= 'it hung';
    child.kill('SIGKILL');
  }, LIFE_MS);
  const signal = await end.promise;
  clearTimeout(alarm);
  callOff();
  const { checked, isDone, failure } = told;
  if (failure !== null) throw new Error(`a life failed: ${failure}\n${mine.words}`);
  if (signal === null && !isDone) throw new Error(`a life ended by itself: ${mine.words}`);
  return { checked };
}

async function untilGone(pids: readonly number[]): Promise<void> {
  const deadlineMs = performance.now() + ORPHAN_MS;
  while (pids.some(isRunning)) {
    if (performance.now() > deadlineMs) throw new Error('a killed life left a child behind');
    await wait(LOOK_MS);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A container's first process may not bury what it inherits.
  if (process.platform !== 'linux') return true;
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function linesOf({ folder }: LifePlan, file: string): readonly string[] {
  const whole = path.join(folder, file);
  if (!existsSync(whole)) return [];
  const text = readFileSync(whole, 'utf8');
  return text.split('\n').filter((line) => line !== '');
}
