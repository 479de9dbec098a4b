/** What the owner can tell the governor, and what it is told of earnings. */
import type { EarnedHour } from '../governor/money.ts';
import { governorSettingsSchema, type GovernorSettings } from '../ipc/governor.ts';
import { AppError } from '../platform/app-error.ts';
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
  testEngine(): Promise<void>;
}

export function governorActions({
  settings,
  changeSettings,
  gate,
}: Pick<LullNode, 'settings' | 'changeSettings'> & {
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
    testEngine: gate.testEngine,
  };
}

/** @throws AppError when the ledger cannot be read */
export function earnedHours(books: () => Pick<Books, 'totals'>): readonly EarnedHour[] {
  return books()
    .totals.hours()
    .map(({ number, sums: { supplier } }) => ({
      hour: number,
      earned: supplier.charged,
      cu: supplier.cu,
      outputTokens: supplier.outputTokens,
    }));
}

function given(change: SettingsChange): object {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
