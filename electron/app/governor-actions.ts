/** What the owner can tell the governor, and what it is told of earnings. */
import type { EarnedHour } from '../governor/money.ts';
import { governorSettingsSchema, type GovernorSettings } from '../ipc/governor.ts';
import type { Period } from '../ledger/totals.ts';
import { AppError } from '../platform/app-error.ts';
import type { Log } from '../platform/log.ts';
import type { Books } from './compose-books.ts';
import type { OwnersGovernor } from './compose-governor.ts';
import type { LullNode } from './compose-node.ts';

/** What is left out stays as it is. */
export type SettingsChange = {
  readonly [Key in keyof GovernorSettings]?: GovernorSettings[Key] | undefined;
};

export interface GovernorActions {
  /** Saves what the owner chose, and lives by it. @throws AppError when it cannot be written down */
  set(change: SettingsChange): void;
  /** Lets the program that caused this stretch run beside relays. @throws AppError `bad-request` when none did */
  allow(stretchId: number): void;
  /** Once everything is prepared. Never rejects. */
  testEngine(): Promise<void>;
}

export function governorActions({
  settings,
  changeSettings,
  preparation,
  gate,
}: Pick<LullNode, 'settings' | 'changeSettings'> & {
  readonly preparation: Pick<LullNode['preparation'], 'ready'>;
  readonly gate: Pick<OwnersGovernor, 'allowable' | 'testEngine'>;
}): GovernorActions {
  const set: GovernorActions['set'] = (change) => {
    const governor = { ...settings.current().governor };
    changeSettings({ governor: governorSettingsSchema.parse({ ...governor, ...given(change) }) });
  };
  return {
    set,
    allow(stretchId) {
      const program = gate.allowable(stretchId);
      if (program === null) {
        throw new AppError('bad-request', { details: 'No program caused this stretch of time.' });
      }
      const { allowedApps, games } = settings.current().governor;
      const isSame = (name: string) => name.toLowerCase() === program.toLowerCase();
      if (allowedApps.some(isSame)) return;
      set({
        allowedApps: [...allowedApps, program],
        // A program cannot be on both lists.
        games: games.filter((name) => !isSame(name)),
      });
    },
    async testEngine() {
      // Whatever failed there is shown; then there is no engine to be asked.
      await preparation.ready().catch(() => undefined);
      await gate.testEngine();
    },
  };
}

/** @returns what tells them, without any where the books cannot be read: whoever opened those has said so. */
export function earnedHours(
  books: () => { readonly totals: Pick<Books['totals'], 'hours'> },
  log: Log,
): () => readonly EarnedHour[] {
  let isTold = false;
  return () => {
    try {
      return books().totals.hours().map(earnedHour);
    } catch (error) {
      if (!isTold) log.warn('nobody knows what serving earned', { error });
      isTold = true;
      return [];
    }
  };
}

function earnedHour({ number, sums: { supplier } }: Period): EarnedHour {
  const { charged, cu, outputTokens } = supplier;
  return { hour: number, earned: charged, cu, outputTokens };
}

function given(change: SettingsChange): object {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
