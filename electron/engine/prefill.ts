/**
 * How a prompt is cut into pieces. A processor rounds a batch of one token differently from any wider one, so the
 * last token of a prompt always goes alone and all others never do: then a text depends neither on how much of
 * its prompt was cached nor on who shared the budget.
 */

/** @param body tokens left before the last one. @returns how many to evaluate now; 0 to wait for more budget */
export function prefillChunk(body: number, budget: number): number {
  const chunk = Math.min(body, budget);
  const rest = body - chunk;
  if (rest === 1) return chunk > 2 ? chunk - 1 : 0;
  return chunk === 1 && rest > 0 ? 0 : chunk;
}

/** How many of the shared tokens to keep, so that what is left is never a single token before the last. */
export function reusable(shared: number, promptTokens: number): number {
  return shared === promptTokens - 2 ? Math.max(0, shared - 1) : shared;
}
