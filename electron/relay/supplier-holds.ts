/** The conversations that a Supplier keeps for its Applications: which may be gone on from, and how many it sells. */
import type { ChatTurn } from '../protocol/generate.ts';
import type { Hex } from '../protocol/hex.ts';
import { holdOf, usesHold } from '../protocol/hold.ts';
import type { Receipt } from '../protocol/receipt.ts';
import { holdTermsOf, type RelayBody } from '../protocol/wire-relay.ts';
import type { BoughtHolds } from './bought-holds.ts';
import type { SupplierSession } from './supplier-session.ts';

/** Kept at once, of all and of one Application: as many as an engine keeps. */
export const MAX_HOLDS = 64;
export const MAX_HOLDS_OF_ONE = 16;

/** @param session null when this request is its first */
export function isHoldUsable(
  body: RelayBody,
  session: SupplierSession | null,
  holds: BoughtHolds,
): boolean {
  const { follows } = holdTermsOf(body);
  if (follows === null) return true;
  if (session === null || session.holdOf(follows) === null || session.isHoldTaken(follows)) {
    return false;
  }
  // Somebody who asks something else would be given back what was kept for them all the same.
  return holds.mayContinue(follows, turnsOf(body));
}

export function holdRoom(holds: BoughtHolds, application: Hex): number {
  return Math.min(MAX_HOLDS - holds.count(), MAX_HOLDS_OF_ONE - holds.count(application));
}

/** A settled relay, and what was said in it. */
export interface Ended {
  readonly ref: Hex;
  readonly application: Hex;
  readonly body: RelayBody;
  readonly text: string;
  readonly receipt: Receipt;
}

/** Knows again the conversation that was bought, and forgets the one that it went on from. */
export function afterRelay(holds: BoughtHolds, ended: Ended): void {
  const { ref, application, body, text, receipt } = ended;
  const bought = holdOf(receipt);
  if (bought === null) holds.drop(ref);
  else holds.keep(ref, application, { turns: turnsOf(body), answer: text }, bought.seconds);
  const { follows } = holdTermsOf(body);
  if (follows !== null && usesHold(receipt)) holds.drop(follows);
}

function turnsOf({ messages }: RelayBody): readonly ChatTurn[] {
  return messages.map(({ role, content }) => ({ role, text: content }));
}
