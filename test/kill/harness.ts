/** Kills two nodes at every named step, again and again on the same folders, and checks that no unit is lost. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createChooser } from '../fakes/step-queue.ts';
import { LIFE_FILES, type Facts, type LifePlan } from './life-plan.ts';
import { createLives, type Lives, type RandomKiller } from './lives.ts';
import { AFTER_A_LOSS, CHAIN_STEPS, MAIN_STEPS, SIGNER_STEPS, STEPS, type Step } from './steps.ts';
import { createTally, type Fate } from './tally.ts';

export interface KillOptions {
  readonly rounds: number;
  /** How often each step is to be hit, all rounds together. */
  readonly hits: number;
  /** Rounds on the same folders; then new ones, because a ledger is read whole at each start. */
  readonly roundsPerFolder: number;
  /** Every so many rounds the nodes talk through real edges. */
  readonly edgesEvery: number;
  readonly seed: number;
  /** Progress, for a person. */
  log(line: string): void;
}

export interface KillReport {
  readonly hits: ReadonlyMap<Step, number>;
  readonly lives: number;
  /** Lives that never came to the step they were to die at. */
  readonly misses: number;
  /** Of each folder, after its last round. */
  readonly facts: readonly Omit<Facts, 'verified'>[];
}

const MAX_CHAIN_OCCURRENCE = 3;
const GROUPS = 8;
/** Until somebody kills it. */
const ENDLESS_GROUPS = 10_000;
/** From when relays run. */
const RANDOM_MS = 600;

/** @throws Error that names seed, round and folder (which is kept) when anything does not agree */
export async function runKills(options: KillOptions): Promise<KillReport> {
  const choose = createChooser(options.seed);
  const base = mkdtempSync(path.join(tmpdir(), 'lull-kill-'));
  const lives = createLives(path.join(base, 'cache'));
  const run = createRun(options, lives, choose);
  try {
    for (let round = 0; round < options.rounds; round += 1) {
      const isNew = round % options.roundsPerFolder === 0;
      const folder = path.join(base, `folder-${String(round - (round % options.roundsPerFolder))}`);
      if (isNew) mkdirSync(folder);
      try {
        await run.round(round, folder, isNew);
      } catch (error) {
        const where = `seed ${options.seed}, round ${round + 1}, folder ${folder}`;
        throw new Error(`${where}: ${String(error)}`, { cause: error });
      }
    }
  } finally {
    lives.dispose();
  }
  rmSync(base, { recursive: true, maxRetries: 5 });
  return run.report();
}

function createRun(options: KillOptions, lives: Lives, choose: (count: number) => number) {
  const { rounds, roundsPerFolder, edgesEvery, log } = options;
  const tally = createTally(options.hits, choose);
  const facts: Facts[] = [];
  let started = 0;
  let last: Facts | null = null;

  async function live(plan: LifePlan, fate: Fate): Promise<void> {
    started += 1;
    const struck = new Set<Step>();
    const { kills, checked } = await lives.run(plan, killerOf(fate, struck, choose));
    for (const step of STEPS) if (kills.includes(step)) struck.add(step);
    tally.note(fate, plan, struck);
    if (!checked) return;
    if (checked.faults.length > 0) throw new Error(`no agreement:\n${checked.faults.join('\n')}`);
    last = checked.facts;
  }

  async function die(start: LifeStart): Promise<void> {
    const fate = tally.next(!start.settles);
    await live(planOf(start, fate, choose), fate);
  }

  async function check(start: LifeStart): Promise<void> {
    await live({ ...start, ...NOBODY_DIES, groups: 0 }, NOTHING_HAPPENS);
    if (last) facts.push(last);
  }

  return {
    /** Its first life checks what the last round left. */
    async round(round: number, folder: string, isNew: boolean): Promise<void> {
      if (isNew) last = null;
      const link = (round + 1) % edgesEvery === 0 ? 'edges' : 'memory';
      const start = (settles: boolean): LifeStart => {
        const verified = last?.verified ?? NONE_VERIFIED;
        return { folder, seed: choose(2 ** 31), link, settles, verified };
      };
      const isLast = round + 1 === rounds;
      const share = Math.ceil(tally.left / (rounds - round));
      for (let done = 0; done < share; done += 1) await die(start(done === 0 && !isNew));
      while (isLast && tally.left > 0) await die(start(false));
      if (isLast || (round + 1) % roundsPerFolder === 0) await check(start(true));
      log(`round ${round + 1} on ${link}: ${started} lives, at last check ${describe(last)}`);
    },
    report: (): KillReport => ({
      hits: tally.hits,
      lives: started,
      misses: tally.misses,
      facts,
    }),
  };
}

/** What a life finds, and whether it settles it. */
type LifeStart = Pick<LifePlan, 'folder' | 'seed' | 'link' | 'settles' | 'verified'>;

const NONE_VERIFIED = [0, 0] as const;
const NOBODY_DIES = {
  death: null,
  diesEarly: false,
  chainDeath: null,
  signerDeath: null,
} as const;

const NOTHING_HAPPENS: Fate = { main: undefined, aside: undefined, occurrence: 1 };

function planOf(start: LifeStart, fate: Fate, choose: (count: number) => number): LifePlan {
  const main = MAIN_STEPS.find((each) => each === fate.main);
  const chain = CHAIN_STEPS.find((each) => each === fate.aside);
  const signer = SIGNER_STEPS.find((each) => each === fate.aside);
  const killsFile = path.join(start.folder, LIFE_FILES.kills);
  const occurrence = 1 + choose(MAX_CHAIN_OCCURRENCE);
  const withMain = choose(3) === 0;
  return {
    ...start,
    link: main !== undefined && AFTER_A_LOSS.includes(main) ? 'memory' : start.link,
    groups: fate.main === 'main at random' ? ENDLESS_GROUPS : GROUPS,
    death: main ? { step: main, occurrence: fate.occurrence } : null,
    diesEarly: !start.settles && choose(4) === 0,
    signerDeath: signer ? { step: signer, occurrence } : null,
    chainDeath: chain ? { step: chain, occurrence, withMain, killsFile } : null,
  };
}

/** Kills from outside, whatever is being done at that moment. @param struck gets the steps that this hits */
function killerOf(
  { main, aside }: Fate,
  struck: Set<Step>,
  choose: (count: number) => number,
): RandomKiller {
  const mainMs = main === 'main at random' ? choose(RANDOM_MS) : null;
  const chainMs = aside === 'chain at random' ? choose(RANDOM_MS / 4) : null;
  return (child, chainPid) => {
    const stopMain = later(mainMs, () => {
      if (child.kill('SIGKILL')) struck.add('main at random');
    });
    const stopChain = later(chainMs, () => {
      if (chainPid !== null && killed(chainPid)) struck.add('chain at random');
    });
    return () => {
      stopMain();
      stopChain();
    };
  };
}

function later(ms: number | null, act: () => void): () => void {
  if (ms === null) return () => undefined;
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}

function killed(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

function describe(facts: KillReport['facts'][number] | null): string {
  if (!facts) return 'nothing';
  const { asked, receipts, keptFound, givenBack, charged, redemptions } = facts;
  return `${asked} asked, ${receipts} receipts (${keptFound} found what was kept, ${givenBack} gave back), ${charged} units charged and paid in ${redemptions} redemptions`;
}

/** One line per step. */
export function tableOf({ hits, lives, misses, facts }: KillReport): string {
  const width = Math.max(...STEPS.map(({ length }) => length));
  const rows = STEPS.map((step) => `  ${step.padEnd(width)}  ${String(hits.get(step) ?? 0)}`);
  return [
    `${lives} lives, ${misses} of them past their step; killed at:`,
    ...rows,
    ...facts.map((each) => `  ${describe(each)}; ${each.void} void`),
  ].join('\n');
}
