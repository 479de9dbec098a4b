/** Why a Supplier does not serve a relay: one row per code, with what the Application should do. */

interface RefusalRow {
  readonly sentence: string;
  /** Whether another Supplier may well serve the same request. */
  readonly retryElsewhere: boolean;
  /** HTTP status on the peer's connection. */
  readonly status: number;
}

/** In the order of admission (DESIGN section 6). */
export const REFUSALS = {
  malformed: {
    sentence: 'The request does not have the form that this Supplier understands.',
    retryElsewhere: false,
    status: 400,
  },
  'body-unusable': {
    sentence: 'The question inside the request cannot be read.',
    retryElsewhere: false,
    status: 400,
  },
  'wrong-chain': {
    sentence: 'The request belongs to another network.',
    retryElsewhere: false,
    status: 409,
  },
  'wrong-supplier': {
    sentence: 'The request names another Supplier.',
    retryElsewhere: true,
    status: 409,
  },
  'unknown-service': {
    sentence: 'This Supplier does not serve that model.',
    retryElsewhere: true,
    status: 404,
  },
  'wrong-price': {
    sentence: 'This Supplier asks another price.',
    retryElsewhere: true,
    status: 409,
  },
  'wrong-epoch': {
    sentence: 'The session belongs to a settlement period that is not running.',
    retryElsewhere: false,
    status: 409,
  },
  'wrong-draw': {
    sentence: 'This Supplier was not drawn for that session.',
    retryElsewhere: true,
    status: 403,
  },
  'deadline-passed': {
    sentence: 'The request came after its own deadline.',
    retryElsewhere: false,
    status: 408,
  },
  replayed: {
    sentence: 'This request was served before.',
    retryElsewhere: false,
    status: 409,
  },
  insolvent: {
    sentence: 'The Application has not enough stake for this settlement period.',
    retryElsewhere: false,
    status: 402,
  },
  'key-not-granted': {
    sentence: 'The voucher was signed by a key that the Application has not granted.',
    retryElsewhere: false,
    status: 403,
  },
  'voucher-too-low': {
    sentence: 'The voucher does not cover what is owed and what this relay may cost.',
    retryElsewhere: false,
    status: 402,
  },
  'allowance-used-up': {
    sentence: 'The budget of this session is used up.',
    retryElsewhere: true,
    status: 402,
  },
  'chain-unreachable': {
    sentence: 'The Supplier cannot ask the chain whether the Application can pay.',
    retryElsewhere: true,
    status: 503,
  },
  'not-serving': {
    sentence: 'The Supplier is not serving now.',
    retryElsewhere: true,
    status: 503,
  },
  'queue-full': {
    sentence: 'The Supplier is busy.',
    retryElsewhere: true,
    status: 503,
  },
  'holds-full': {
    sentence: 'The Supplier keeps as many conversations as it can.',
    retryElsewhere: true,
    status: 503,
  },
  'hold-unusable': {
    sentence: 'The request goes on from a conversation that was not kept for it.',
    retryElsewhere: false,
    status: 409,
  },
  'max-cu-too-low': {
    sentence: 'The question alone costs more than the request allows.',
    retryElsewhere: false,
    status: 402,
  },
  'too-long': {
    sentence: 'The question is longer than this Supplier can read at once.',
    retryElsewhere: true,
    status: 413,
  },
  internal: {
    sentence: 'The Supplier could not record the request.',
    retryElsewhere: true,
    status: 500,
  },
} as const satisfies Record<string, RefusalRow>;

export type RefusalCode = keyof typeof REFUSALS;

export const REFUSAL_CODES = Object.keys(REFUSALS) as readonly RefusalCode[];

export function refusalRow(code: RefusalCode): RefusalRow {
  return REFUSALS[code];
}
