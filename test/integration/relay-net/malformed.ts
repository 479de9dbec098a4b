/** Relay requests that do not even have the form of one, as a stranger may write them, and the status for each. */
import { z } from 'zod';
import { relayRequestSchema, type RelayRequest } from '../../../electron/protocol/wire-relay.ts';

/** @returns JSON text */
export type Malformed = readonly [name: string, make: (good: RelayRequest) => string];

type Json = Record<string, unknown>;

const UINT64_MAX = 2n ** 64n - 1n;
const UINT96_MAX = 2n ** 96n - 1n;

function changed(change: (json: Json) => Json): (good: RelayRequest) => string {
  return (good) => JSON.stringify(change({ ...z.encode(relayRequestSchema, good) }));
}

function within(part: 'session' | 'voucher', change: Json): (good: RelayRequest) => string {
  return (good) => {
    const json = z.encode(relayRequestSchema, good);
    return JSON.stringify({ ...json, [part]: { ...json[part], ...change } });
  };
}

function field(name: string, value: unknown): Malformed {
  const text = JSON.stringify(value).slice(0, 32);
  return [`${name} ${text}`, changed((json) => ({ ...json, [name]: value }))];
}

export const MALFORMED: readonly Malformed[] = [
  ['no JSON', () => '{"session":'],
  ['nothing', () => ''],
  ['null', () => 'null'],
  ['a list', () => '[]'],
  ['a text', () => '"relay"'],
  ['brackets without end', () => '['.repeat(500_000)],
  ['brackets within brackets', () => '['.repeat(250_000) + ']'.repeat(250_000)],
  ['no voucher', changed(({ voucher: _voucher, ...rest }) => rest)],
  ['no session', changed(({ session: _session, ...rest }) => rest)],
  ['a field too many', changed((json) => ({ ...json, extra: 1 }))],
  ['a field of the session too many', within('session', { extra: 1 })],
  [
    'a prototype of its own',
    (good) =>
      JSON.stringify(z.encode(relayRequestSchema, good)).replace('{', '{"__proto__":{"a":1},'),
  ],
  field('maxCu', 1_000),
  field('maxCu', '-1'),
  field('maxCu', '1e3'),
  field('maxCu', '1.5'),
  field('maxCu', '007'),
  field('maxCu', ' 7'),
  field('maxCu', (UINT64_MAX + 1n).toString()),
  field('maxCu', '9'.repeat(100_000)),
  field('deadlineMs', null),
  field('topLogprobs', 6),
  field('topLogprobs', 0.5),
  field('salt', `0x${'00'.repeat(31)}`),
  field('salt', '00'.repeat(32)),
  field('salt', `0x${'AB'.repeat(32)}`),
  field('body', ''),
  field('body', { messages: [] }),
  field('body', 'x'.repeat(1_000_001)),
  ['a voucher over too much', within('voucher', { cumulative: (UINT96_MAX + 1n).toString() })],
  ['a signature of 65 bytes', within('voucher', { signature: `0x${'11'.repeat(65)}` })],
  ['an address in capitals', within('session', { hub: `0x${'AB'.repeat(20)}` })],
  ['an address of 19 bytes', within('session', { supplier: `0x${'ab'.repeat(19)}` })],
  ['draw 256', within('session', { draw: 256 })],
  ['epoch -1', within('session', { epoch: -1 })],
  ['epoch 1.5', within('session', { epoch: 1.5 })],
];
