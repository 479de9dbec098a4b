/** Requests of the right form that no Supplier may serve, each with one flaw, and the refusal that belongs to it. */
import type { RefusalCode } from '../../../electron/protocol/refusal.ts';
import type { RelayRequest } from '../../../electron/protocol/wire-relay.ts';
import { bodyOf, withHighS, type Forge } from './forge.ts';

export interface BadRequest {
  readonly name: string;
  readonly code: RefusalCode;
  readonly make: (forge: Forge, running: RelayRequest) => RelayRequest;
}

const STRANGER = new Uint8Array(32).fill(7);
const OTHER_ADDRESS = `0x${'ab'.repeat(20)}` as const;
const OTHER_HASH = `0x${'cd'.repeat(32)}` as const;
const UINT64_MAX = 2n ** 64n - 1n;
const UINT96_MAX = 2n ** 96n - 1n;

function signedBy(request: RelayRequest, signature: RelayRequest['voucher']['signature']) {
  return { ...request, voucher: { ...request.voucher, signature } };
}

const WRONG_NETWORK: readonly BadRequest[] = [
  {
    name: 'another chain',
    code: 'wrong-chain',
    make: (forge, { session }) => forge({ terms: { chainId: session.chainId + 1n } }),
  },
  {
    name: 'another hub',
    code: 'wrong-chain',
    make: (forge) => forge({ terms: { hub: OTHER_ADDRESS } }),
  },
  {
    name: 'another Supplier',
    code: 'wrong-supplier',
    make: (forge) => forge({ terms: { supplier: OTHER_ADDRESS } }),
  },
  {
    name: 'another model',
    code: 'unknown-service',
    make: (forge) => forge({ terms: { service: OTHER_HASH } }),
  },
  {
    name: 'a lower price',
    code: 'wrong-price',
    make: (forge, { session }) => forge({ terms: { price: session.price - 1n } }),
  },
  {
    name: 'a price of nothing',
    code: 'wrong-price',
    make: (forge) => forge({ terms: { price: 0n } }),
  },
];

const WRONG_TIME: readonly BadRequest[] = [
  {
    name: 'an epoch that is over',
    code: 'wrong-epoch',
    make: (forge, { session }) => forge({ terms: { epoch: session.epoch - 2 } }),
  },
  {
    name: 'an epoch to come',
    code: 'wrong-epoch',
    make: (forge, { session }) => forge({ terms: { epoch: session.epoch + 1 } }),
  },
  {
    name: 'the first of all epochs',
    code: 'wrong-epoch',
    make: (forge) => forge({ terms: { epoch: 0 } }),
  },
  {
    name: 'a deadline that has passed',
    code: 'deadline-passed',
    make: (forge) => forge({ deadlineMs: BigInt(Date.now() - 1) }),
  },
  { name: 'a replay of a running one', code: 'replayed', make: (_forge, running) => running },
];

const WRONG_KEY: readonly BadRequest[] = [
  {
    name: 'another key',
    code: 'key-not-granted',
    make: (forge) => forge({ key: STRANGER }),
  },
  {
    name: 'a signature for another chain',
    code: 'key-not-granted',
    make: (forge) => forge({ signedChainId: 1n }),
  },
  {
    name: 'a signature for another session',
    code: 'key-not-granted',
    make: (forge) => forge({ signedSession: OTHER_HASH }),
  },
  {
    name: 'the signature of another request',
    code: 'key-not-granted',
    make: (forge, { voucher }) =>
      signedBy(forge({ cumulative: voucher.cumulative }), voucher.signature),
  },
  {
    name: 'a running one with another salt',
    code: 'key-not-granted',
    make: (_forge, running) => ({ ...running, salt: OTHER_HASH }),
  },
  {
    name: 'a running one with another question',
    code: 'key-not-granted',
    make: (_forge, running) => ({ ...running, body: bodyOf('say 4') }),
  },
  {
    name: 'more money than was signed for',
    code: 'key-not-granted',
    make: (forge) => {
      const { voucher, ...request } = forge();
      return { ...request, voucher: { ...voucher, cumulative: voucher.cumulative + 1n } };
    },
  },
  {
    name: 'a high s',
    code: 'key-not-granted',
    make: (forge) => {
      const request = forge();
      return signedBy(request, withHighS(request.voucher.signature));
    },
  },
  {
    name: 'a signature of zeros',
    code: 'key-not-granted',
    make: (forge) => signedBy(forge(), `0x${'00'.repeat(64)}`),
  },
  {
    name: 'a signature of ones',
    code: 'key-not-granted',
    make: (forge) => signedBy(forge(), `0x${'ff'.repeat(64)}`),
  },
];

const WRONG_MONEY: readonly BadRequest[] = [
  { name: 'another draw', code: 'wrong-draw', make: (forge) => forge({ terms: { draw: 1 } }) },
  {
    name: 'an Application without a stake',
    code: 'insolvent',
    make: (forge) => forge({ terms: { application: OTHER_ADDRESS } }),
  },
  {
    name: 'a voucher over nothing',
    code: 'voucher-too-low',
    make: (forge) => forge({ cumulative: 0n }),
  },
  {
    name: 'a voucher that forgets what is running',
    code: 'voucher-too-low',
    make: (forge) => forge({ maxCu: 1_000_000n, cumulative: 200_000n }),
  },
  {
    name: 'more than the budget',
    code: 'allowance-used-up',
    make: (forge) => forge({ maxCu: 10n ** 12n, cumulative: 10n ** 18n }),
  },
  {
    name: 'the largest numbers there are',
    code: 'allowance-used-up',
    make: (forge) => forge({ maxCu: UINT64_MAX, cumulative: UINT96_MAX, deadlineMs: UINT64_MAX }),
  },
];

const UNBOUGHT = `{"follows":"0x${'12'.repeat(32)}",`;

const WRONG_HOLD: readonly BadRequest[] = [
  {
    name: 'a hold that nobody bought',
    code: 'hold-unusable',
    make: (forge) => forge({ body: bodyOf('say 1').replace('{', UNBOUGHT) }),
  },
];

const WRONG_BODY: readonly BadRequest[] = [
  ...[
    ['no JSON', '{"messages":'],
    ['nothing in it', '{}'],
    ['a field too many', bodyOf('say 1').replace('{', '{"tools":[],')],
    ['a hold of eleven minutes', bodyOf('say 1').replace('{', '{"hold_seconds":660,')],
    ['no message', bodyOf('say 1').replace(/"messages":\[.*?\]/, '"messages":[]')],
    ['another role', bodyOf('say 1').replace('"user"', '"developer"')],
    ['tokens below nothing', bodyOf('say 1').replace('"max_tokens":20', '"max_tokens":-1')],
    ['brackets without end', '['.repeat(400_000)],
  ].map(([name = '', body = '']): BadRequest => ({
    name: `a body with ${name}`,
    code: 'body-unusable',
    make: (forge) => forge({ body }),
  })),
];

export const BAD_REQUESTS: readonly BadRequest[] = [
  ...WRONG_HOLD,
  ...WRONG_BODY,
  ...WRONG_NETWORK,
  ...WRONG_TIME,
  ...WRONG_KEY,
  ...WRONG_MONEY,
];
