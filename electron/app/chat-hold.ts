/** Whether a conversation over the network is worth keeping until its next question. */
import type { ChatTurn } from '../protocol/generate.ts';

/** Rough, and on the low side for most languages: the Supplier counts exactly. */
const BYTES_PER_TOKEN = 4;
/** Below this, reading it again costs next to nothing. */
const LEAST_TOKENS = 500;
/** Most people who ask on do so within two minutes; keeping a token so long costs an eighth of reading it. */
const HOLD_SECONDS = 120;

/** @returns seconds to buy; 0 for not at all */
export function holdSecondsFor(turns: readonly ChatTurn[]): number {
  const bytes = turns.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  return bytes / BYTES_PER_TOKEN >= LEAST_TOKENS ? HOLD_SECONDS : 0;
}
