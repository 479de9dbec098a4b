/** What RelayHub tells in the logs of a transaction. */
import { decodeEventLog } from 'viem';
import { z } from 'zod';
import type { Hex } from '../protocol/hex.ts';
import type { ChainLog } from './chain-client.ts';
import { relayHubAbi } from './hub-abi-adapter.ts';
import { addressSchema, hashSchema } from './rpc-values.ts';

const DRAW_SHIFT = 192n;
const TOTAL_SHIFT = 96n;
const MASK_96 = (1n << 96n) - 1n;

const amount = z.bigint();
const epoch = z.int();
const application = addressSchema;
const service = hashSchema;

/** Of a redemption: `totalPaid` on this draw and epoch so far, `paid` by this row. */
const rowSchema = z
  .object({ name: z.literal('Row'), application, drawAndPaid: z.bigint() })
  .transform(({ drawAndPaid, ...rest }) => ({
    ...rest,
    draw: Number(drawAndPaid >> DRAW_SHIFT),
    totalPaid: (drawAndPaid >> TOTAL_SHIFT) & MASK_96,
    paid: drawAndPaid & MASK_96,
  }));

/** Amounts in token units; addresses come out in lower case. */
const eventSchema = z.union([
  z.object({ name: z.literal('Deposited'), application, from: addressSchema, amount }),
  z.object({ name: z.literal('ThawStarted'), application, thawing: amount, endEpoch: epoch }),
  z.object({ name: z.literal('ThawCancelled'), application, thawing: amount }),
  z.object({ name: z.literal('Withdrawn'), application, amount }),
  z.object({ name: z.literal('Paid'), owner: addressSchema, amount }),
  z.object({
    name: z.literal('KeyGranted'),
    application,
    key: addressSchema,
    fromEpoch: epoch,
    untilEpoch: epoch,
  }),
  z.object({
    name: z.literal('KeyRevoked'),
    application,
    key: addressSchema,
    untilEpoch: epoch,
  }),
  z.object({
    name: z.literal('ModelListed'),
    service,
    source: addressSchema,
    ggufSha256: hashSchema,
    weightsHash: hashSchema,
    royaltyBps: z.int(),
    uri: z.string(),
  }),
  z.object({
    name: z.literal('SupplierRegistered'),
    supplier: addressSchema,
    payout: addressSchema,
  }),
  z.object({
    name: z.literal('Enrolled'),
    application,
    service,
    budget: amount,
    draws: z.int(),
    fromEpoch: epoch,
  }),
  z.object({
    name: z.literal('Pinned'),
    application,
    service,
    draw: z.int(),
    supplier: addressSchema,
  }),
  z.object({
    name: z.literal('BudgetSet'),
    application,
    service,
    budget: amount,
    fromEpoch: epoch,
  }),
  rowSchema,
  z.object({
    name: z.literal('Redeemed'),
    supplier: addressSchema,
    service,
    epoch,
    total: amount,
  }),
]);

export type HubEvent = Readonly<z.infer<typeof eventSchema>>;

/** @param hub whose logs count, lower case; others, the token's for one, and unknown ones are left out */
export function decodeHubEvents(hub: Hex, logs: readonly ChainLog[]): readonly HubEvent[] {
  return logs
    .filter(({ address }) => address === hub)
    .flatMap((log) => {
      const event = decodeHubEvent(log);
      return event === null ? [] : [event];
    });
}

function decodeHubEvent({ topics, data }: ChainLog): HubEvent | null {
  const [selector, ...rest] = topics;
  if (selector === undefined) return null;
  try {
    const { eventName, args } = decodeEventLog({
      abi: relayHubAbi,
      topics: [selector, ...rest],
      data,
    });
    return eventSchema.parse({ name: eventName, ...args });
  } catch (error) {
    // viem throws for what it does not know: an event that a later hub may have.
    if (error instanceof z.ZodError) throw error;
    return null;
  }
}
