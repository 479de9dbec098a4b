/** Every message between main and the chain process, both ways; each side checks what it receives. */
import { z } from 'zod';
import { methodSchema, paramsSchema } from './json-rpc.ts';
import { dataSchema } from './rpc-values.ts';

const id = z.int().min(1);
const port = z.int().min(0).max(65_535);
const MAX_DETAILS_LENGTH = 4096;
const MAX_PATH_LENGTH = 4096;

const chainSource = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('practice'),
    /** The chain's own; made when it is missing. */
    folder: z.string().min(1).max(MAX_PATH_LENGTH),
  }),
  z.strictObject({
    mode: z.literal('remote'),
    /** Loopback only. */
    url: z.string().min(1).max(2048),
  }),
]);

const failure = z.strictObject({
  fault: z.enum(['unavailable', 'refused', 'malformed', 'wrong-chain']),
  message: z.string().max(MAX_DETAILS_LENGTH),
  rpcCode: z.int().nullable(),
  data: dataSchema.nullable(),
});

export const toChainSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pulse') }),
  z.strictObject({
    type: z.literal('start'),
    source: chainSource,
    /** Where others on this computer may ask too; 0 takes any free port, null opens none. */
    rpcPort: port.nullable(),
  }),
  z.strictObject({ type: z.literal('request'), id, method: methodSchema, params: paramsSchema }),
]);

const started = z.strictObject({
  /** `http://127.0.0.1:<port>` when asked for. */
  rpcUrl: z.string().nullable(),
  /** Transactions of the practice chain that were there already. */
  replayed: z.int().min(0),
  skipped: z.int().min(0),
  /** Bytes of a half-written line that were cut from its log. */
  cutBytes: z.int().min(0),
  /** Where a damaged log was kept; the chain began anew then. */
  damagedKeptAs: z.string().nullable(),
});

export const fromChainSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pulse') }),
  z.strictObject({ type: z.literal('started'), started }),
  z.strictObject({ type: z.literal('start-failed'), message: z.string().max(MAX_DETAILS_LENGTH) }),
  z.strictObject({ type: z.literal('result'), id, result: z.unknown() }),
  z.strictObject({ type: z.literal('failure'), id, failure }),
]);

export type ChainSource = Readonly<z.infer<typeof chainSource>>;
export type ChainStarted = Readonly<z.infer<typeof started>>;
export type ToChain = Readonly<z.infer<typeof toChainSchema>>;
export type FromChain = Readonly<z.infer<typeof fromChainSchema>>;
export type WireFailure = Readonly<z.infer<typeof failure>>;
