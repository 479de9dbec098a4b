/** The figures of an answer as JSON in the database: amounts as digits, and older rows without what came later. */
import { z } from 'zod';
import { messageSchema, type Message } from '../ipc/snapshot.ts';

const statsSchema = messageSchema.shape.stats.unwrap();
const storedAmount = z.codec(z.string().regex(/^\d+$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => value.toString(),
});

const storedSchema = statsSchema.extend({
  served: statsSchema.shape.served
    .unwrap()
    .extend({ most: storedAmount, charged: storedAmount })
    .nullable()
    // Answers written before there was a network.
    .default(null),
});

export function statsToJson(stats: NonNullable<Message['stats']>): string {
  return JSON.stringify(z.encode(storedSchema, stats));
}

/** @throws ZodError when this was not written by `statsToJson` or its forerunner. */
export function statsFromJson(json: string): NonNullable<Message['stats']> {
  const value: unknown = JSON.parse(json);
  return storedSchema.parse(value);
}
