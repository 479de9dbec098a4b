/** Which checks speak for which part of the picture. */
import type { ReceiptCheckView } from '../../../electron/ipc/network.ts';

export type Binding = 'question' | 'answer' | 'model' | 'charge' | 'signature';
type Outcome = ReceiptCheckView['outcome'];

const CHECKED_BY: Readonly<Record<Binding, readonly ReceiptCheckView['name'][]>> = {
  question: ['request'],
  answer: ['response'],
  model: ['model'],
  charge: ['sums', 'limit', 'tokens', 'totals'],
  signature: ['signature', 'session'],
};

/** The worst of them; null when none was made. */
export function bindingOutcome(
  binding: Binding,
  checks: readonly ReceiptCheckView[] | null,
): Outcome | null {
  const names = CHECKED_BY[binding];
  const outcomes = (checks ?? [])
    .filter(({ name }) => names.includes(name))
    .map(({ outcome }) => outcome);
  const worst: readonly Outcome[] = ['wrong', 'unseen', 'ok'];
  return worst.find((outcome) => outcomes.includes(outcome)) ?? null;
}
