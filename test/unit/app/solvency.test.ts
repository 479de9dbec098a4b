/** What a Supplier takes for a promise of the chain. */
import { expect, it } from 'vitest';
import { solvencyOf } from '../../../electron/app/solvency.ts';
import { EPOCH, QUOTE, SESSION } from '../../fakes/relay-terms.ts';

it('is nothing that the chain says about an epoch that has not begun there', async () => {
  let current = EPOCH - 1;
  const quoted: unknown[] = [];
  const { quote } = solvencyOf({
    currentEpoch: async () => current,
    async quote(...asked) {
      quoted.push(asked);
      return QUOTE;
    },
  });
  await expect(quote(SESSION)).rejects.toMatchObject({ code: 'chain-unreachable' });
  expect(quoted).toEqual([]);
  current = EPOCH;
  expect(await quote(SESSION)).toEqual(QUOTE);
  expect(quoted).toEqual([[SESSION.application, SESSION.service, EPOCH, SESSION.supplier]]);
  // A session of the epoch before is still served for the time of grace.
  current = EPOCH + 1;
  expect(await quote(SESSION)).toEqual(QUOTE);
});
