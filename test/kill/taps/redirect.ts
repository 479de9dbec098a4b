/** Lets `composeMarket` build itself from tapped parts, so that what is killed is the app's own wiring and not a copy. */
import { registerHooks } from 'node:module';

const HERE = new URL('.', import.meta.url);
const KILL_FOLDER = new URL('..', HERE).href;

const STAND_INS: ReadonlyMap<string, string> = new Map(
  [
    ['../../../electron/ledger/sqlite-ledger.ts', 'ledger-tap.ts'],
    ['../../../electron/chain/sqlite-journal.ts', 'journal-tap.ts'],
    ['../../../electron/wallet/hot-keys.ts', 'hot-keys-tap.ts'],
  ].map(([original = '', standIn = '']) => [
    new URL(original, HERE).href,
    new URL(standIn, HERE).href,
  ]),
);

/** Before the first of those modules is loaded. */
export function redirectToTaps(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const standIn = STAND_INS.get(resolved.url);
      const isOurs = context.parentURL?.startsWith(KILL_FOLDER) === true;
      return standIn === undefined || isOurs ? resolved : { ...resolved, url: standIn };
    },
  });
}
