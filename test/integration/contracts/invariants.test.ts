/** Random histories on the hub and on a plain model of it: they agree, and the invariants hold. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  APPLICATIONS,
  applicationOf,
  KEYS,
  keyOf,
  moves,
  openRun,
  play,
  SERVICES,
  SOURCE,
  SUPPLIERS,
  supplierOf,
  type Run,
} from './hub-moves.ts';
import { HubModel } from './hub-model.ts';

const HISTORIES = 60;

const all = (count: number) => Array.from({ length: count }, (_, at) => at);
const amount = z.bigint();

let run: Run;
beforeAll(async () => {
  run = await openRun();
});

describe('whatever happens', () => {
  it('the hub does what the model does, and keeps every promise', async () => {
    let saved = await run.f.chain.save();
    await fc.assert(
      fc.asyncProperty(moves, async (history) => {
        await run.f.chain.restore(saved);
        saved = await run.f.chain.save();
        const fresh = { ...run, model: modelLike(run.model) };
        for (const move of history) {
          await play(fresh, move);
          everyPromiseIsCovered(fresh);
        }
        await run.f.chain.travelTo(fresh.model.nowSeconds);
        await moneyAgrees(fresh);
        await drawsAgree(fresh);
        await keysAgree(fresh);
      }),
      { numRuns: HISTORIES },
    );
  });
});

function modelLike({ parameters, nowSeconds }: HubModel): HubModel {
  return new HubModel(parameters, nowSeconds, APPLICATIONS, SUPPLIERS);
}

/** Invariant 4: all who were told that they will be paid could be paid at this moment. */
function everyPromiseIsCovered({ model }: Run): void {
  for (const application of all(APPLICATIONS)) {
    expect(model.owed(application)).toBeLessThanOrEqual(model.stake(application).balance);
  }
}

/** Invariants 1, 5 and 11: what the hub holds is what it owes, to the last unit. */
async function moneyAgrees({ f, model }: Run): Promise<void> {
  for (const application of all(APPLICATIONS)) {
    const { balance, thawing } = model.stake(application);
    const read = await f.hub.read('balanceOf', applicationOf(application).address);
    expect(z.array(z.unknown()).parse(read).slice(0, 2)).toEqual([balance, thawing]);
  }
  const owners = [...all(SUPPLIERS).map(supplierOf), SOURCE];
  for (const [at, owner] of owners.entries()) {
    expect(await f.hub.read('creditOf', owner.address)).toBe(model.credits[at]);
  }
  expect(await f.token.read('balanceOf', f.hub.address)).toBe(model.held());
}

/** Invariants 2 and 3: no draw, no service and no application beyond its budget in any epoch. */
async function drawsAgree({ f, model, services }: Run): Promise<void> {
  for (const application of all(APPLICATIONS)) {
    const { address } = applicationOf(application);
    const counted = amount.parse(await f.hub.read('sumBudgetsOf', address));
    for (const epoch of [...model.openEpochs, model.epoch + 1]) {
      const budgets = model.sumAt(application, epoch, SERVICES);
      expect(budgets).toBeLessThanOrEqual(counted);
      for (const service of all(SERVICES)) {
        const terms = model.termsAt(application, service, epoch);
        let spent = 0n;
        for (const [draw, supplier] of terms.suppliers.entries()) {
          const paid = model.paidOn(application, service, epoch, draw);
          spent += paid;
          const read = await f.hub.read('drawAt', address, services[service], epoch, draw);
          const allowance = model.allowance(application, service, epoch);
          expect(z.array(z.unknown()).parse(read).slice(0, 3)).toEqual([
            supplierOf(supplier).address,
            allowance,
            paid,
          ]);
        }
        expect(spent).toBeLessThanOrEqual(terms.budget);
      }
    }
  }
}

/** Invariant 10: a key signs for the epochs of its term, and for no other. */
async function keysAgree({ f, model }: Run): Promise<void> {
  for (const application of all(APPLICATIONS)) {
    for (const key of all(KEYS)) {
      const args = [applicationOf(application).address, keyOf(application, key).address] as const;
      for (const epoch of [model.epoch - 3, ...model.openEpochs, model.epoch + 1]) {
        const valid = await f.hub.read('isKeyValid', ...args, epoch);
        expect(valid).toBe(model.isKeyValid(application, key, epoch));
      }
    }
  }
}
