/** What closing the window means: go on in the tray, or quit. */

export interface ClosingFacts {
  readonly isEarningOn: boolean;
  /** Answers and relays that are being written. */
  readonly answersInFlight: number;
  /** Without a tray nobody could get back to a hidden Lull. */
  readonly isTrayUsable: boolean;
  /** Whether the owner has been told before that Lull goes on. */
  readonly hasBeenTold: boolean;
}

export type Closing =
  | { readonly action: 'quit' }
  /** `tell`: what the owner is told; null when it has been said once. */
  | { readonly action: 'hide'; readonly tell: ClosingWords | null };

export interface ClosingWords {
  readonly title: string;
  readonly message: string;
}

export function decideClosing(facts: ClosingFacts): Closing {
  const { isEarningOn, answersInFlight, isTrayUsable, hasBeenTold } = facts;
  const hasReason = isEarningOn || answersInFlight > 0;
  if (!hasReason || !isTrayUsable) return { action: 'quit' };
  return { action: 'hide', tell: hasBeenTold ? null : closingWords(isEarningOn) };
}

function closingWords(isEarningOn: boolean): ClosingWords {
  const message = isEarningOn
    ? 'The window is closed, but earning is on: Lull still serves relays whenever your settings allow it.'
    : 'The window is closed, but an answer is still being written, so Lull goes on.';
  return {
    title: isEarningOn ? 'Lull keeps serving in the tray' : 'Lull goes on in the tray',
    message,
  };
}
