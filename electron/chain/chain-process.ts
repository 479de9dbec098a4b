/** Entry of the chain process: holds the practice chain, or the way to one, and answers main's requests to it. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { assertNever } from '../platform/assert-never.ts';
import type { ParentChannel } from '../platform/child.ts';
import { systemClock } from '../platform/clock.ts';
import { watchPulse } from '../platform/heartbeat.ts';
import { parentChannel } from '../platform/parent-channel.ts';
import { lockChain, type ChainLock } from './chain-lock.ts';
import { ChainError, type Eip1193 } from './eip1193.ts';
import { createEdr } from './edr-adapter.ts';
import { MAX_REPLY_BYTES } from './json-rpc.ts';
import {
  toChainSchema,
  type ChainSource,
  type ChainStarted,
  type FromChain,
  type ToChain,
  type WireFailure,
} from './messages.ts';
import { openPracticeChain } from './practice-chain.ts';
import { createRemoteChain } from './remote-chain.ts';
import { serveRpc } from './rpc-server.ts';
import { openTransactionLog } from './transaction-log.ts';

/** Main counts as hung after 10 s without a pulse, as for the edge: nothing is lost by waiting. */
const MAIN_HUNG_MS = 10_000;
const MAX_DETAILS_LENGTH = 4096;
const LOCK_FILE = 'practice-chain.lock';
const LOG_FILE = 'practice-chain.log';

startChain(parentChannel());

function startChain(channel: ParentChannel): void {
  const post = (message: FromChain): void => {
    channel.post(message);
  };
  const pulse = watchPulse(systemClock, MAIN_HUNG_MS, () => process.exit(0));
  let chain: Promise<OpenedChain> | null = null;

  const start = async ({ source, rpcPort }: Extract<ToChain, { type: 'start' }>) => {
    const opened = await open(source);
    const server = rpcPort === null ? null : await serveRpc(opened.eip1193, rpcPort);
    post({ type: 'started', started: { ...opened.news, rpcUrl: server?.url ?? null } });
    return opened;
  };

  channel.onMessage((raw) => {
    const message: ToChain = toChainSchema.parse(raw);
    switch (message.type) {
      case 'pulse':
        pulse.beat();
        post({ type: 'pulse' });
        break;
      case 'start':
        chain = start(message);
        chain.catch((error: unknown) => {
          post({ type: 'start-failed', message: reasonOf(error) });
        });
        break;
      case 'request':
        answer(chain, message).then(post, (error: unknown) => {
          post({ type: 'failure', id: message.id, failure: toFailure(error) });
        });
        break;
      default:
        assertNever(message);
    }
  });
  // The practice chain has everything on disk at any moment, so there is nothing to finish.
  channel.onDisconnect(() => process.exit(0));
}

interface OpenedChain {
  readonly eip1193: Eip1193;
  readonly news: Omit<ChainStarted, 'rpcUrl'>;
  /** Kept for as long as the chain is, because what nobody holds is collected and then unlocked. */
  readonly lock: ChainLock | null;
}

async function open(source: ChainSource): Promise<OpenedChain> {
  if (source.mode === 'remote') {
    const news = { replayed: 0, skipped: 0, cutBytes: 0, damagedKeptAs: null };
    return { eip1193: createRemoteChain(source.url), news, lock: null };
  }
  mkdirSync(source.folder, { recursive: true, mode: 0o700 });
  const lock = lockChain(path.join(source.folder, LOCK_FILE));
  const log = openTransactionLog(path.join(source.folder, LOG_FILE), systemClock.nowMs());
  const chain = await openPracticeChain({
    evm: await createEdr(),
    log,
    clock: systemClock,
    onBroken: (error) => {
      process.stderr.write(`the practice chain broke: ${reasonOf(error)}\n`);
      process.exit(1);
    },
  });
  const { cutBytes, damagedKeptAs } = log;
  const { replayed, skipped } = chain;
  return { eip1193: chain, news: { replayed, skipped, cutBytes, damagedKeptAs }, lock };
}

async function answer(
  chain: Promise<OpenedChain> | null,
  { id, method, params }: Extract<ToChain, { type: 'request' }>,
): Promise<FromChain> {
  if (chain === null) throw new ChainError('unavailable', 'The chain was not started.');
  const { eip1193 } = await chain;
  const result = await eip1193.request({ method, params });
  const isTooLong = JSON.stringify(result ?? null).length > MAX_REPLY_BYTES;
  if (isTooLong) throw new ChainError('malformed', 'The answer is too long; ask for less.');
  return { type: 'result', id, result };
}

function toFailure(error: unknown): WireFailure {
  const known =
    error instanceof ChainError ? error : new ChainError('unavailable', reasonOf(error));
  const { fault, rpcCode, data } = known;
  return { fault, message: reasonOf(known), rpcCode, data };
}

function reasonOf(error: unknown): string {
  const details = error instanceof ChainError ? error.details : undefined;
  const reason = details ?? (error instanceof Error ? error.message : String(error));
  return reason.slice(0, MAX_DETAILS_LENGTH);
}
