/** A peer that opens 200 relays at once and resets them all, again and again, until it is thrown out; then it exits. */
import { connect, constants } from 'node:http2';
import { createHyperdhtTransport } from '../../electron/edge/hyperdht-adapter.ts';
import { PEER_LIMITS } from '../../electron/edge/limits.ts';
import { systemClock } from '../../electron/platform/clock.ts';
import type { Hex } from '../../electron/protocol/hex.ts';
import { postHeaders } from './peer-served.ts';

const STREAMS = 200;

const [, , bootstrapPort, peerKey, body = ''] = process.argv;

const transport = createHyperdhtTransport({
  seed: new Uint8Array(32).fill(99),
  bootstrapPorts: [Number(bootstrapPort)],
  limits: PEER_LIMITS,
  clock: systemClock,
});
const duplex = await transport.dial(peerKey as Hex, new AbortController().signal);
const http = connect('http://peer', { createConnection: () => duplex });
http.on('error', () => undefined);
http.on('close', () => {
  process.exit(0);
});
const attack = (): void => {
  if (http.destroyed || http.closed) return;
  const streams = Array.from({ length: STREAMS }, () => {
    const stream = http.request(postHeaders('/lull/1/relay', body));
    stream.on('error', () => undefined);
    stream.end(body);
    return stream;
  });
  // Only what has begun is worth a reset.
  setTimeout(() => {
    for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL);
    attack();
  }, 50);
};
attack();
