/** When a conversation is worth keeping until its next question. */
import { expect, it } from 'vitest';
import { holdSecondsFor } from '../../../electron/app/chat-hold.ts';
import { cuOf, DEFAULT_WEIGHTS } from '../../../electron/protocol/cu.ts';
import type { ChatTurn } from '../../../electron/protocol/generate.ts';

const turns = (...texts: readonly string[]): readonly ChatTurn[] =>
  texts.map((text) => ({ role: 'user', text }));

it('is bought from about five hundred tokens on, over all turns and in bytes', () => {
  expect(holdSecondsFor([])).toBe(0);
  expect(holdSecondsFor(turns('a'.repeat(1_999)))).toBe(0);
  expect(holdSecondsFor(turns('a'.repeat(2_000)))).toBe(120);
  expect(holdSecondsFor(turns('a'.repeat(1_000), 'b'.repeat(1_000)))).toBe(120);
  expect(holdSecondsFor(turns('\u00e9'.repeat(1_000)))).toBe(120);
});

it('costs less than reading it again, even where it would still be cached', () => {
  const tokens = 500;
  const none = { promptTokens: 0, cachedTokens: 0, outputTokens: 0, heldTokenSeconds: 0n };
  const seconds = BigInt(holdSecondsFor(turns('a'.repeat(tokens * 4))));
  const kept = cuOf(DEFAULT_WEIGHTS, { ...none, heldTokenSeconds: BigInt(tokens) * seconds });
  const cached = { ...none, promptTokens: tokens, cachedTokens: tokens };
  expect(kept).toBeLessThan(cuOf(DEFAULT_WEIGHTS, cached));
});
