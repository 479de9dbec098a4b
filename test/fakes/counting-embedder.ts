/** Embeds every input as its length, so that a test can tell order and count. */
import type { EmbedPort } from '../../electron/gateway/ports.ts';
import { AppError } from '../../electron/platform/app-error.ts';

/** Longer inputs are refused, as a real model would. */
export const COUNTING_LIMIT = 100;

export function createCountingEmbedder(): EmbedPort {
  return {
    name: 'counting',
    embed(inputs, signal) {
      if (signal.aborted) return Promise.reject(new AppError('cancelled'));
      if (inputs.some((input) => input.length > COUNTING_LIMIT)) {
        return Promise.reject(new AppError('context-exceeded', { details: 'a text is too long' }));
      }
      return Promise.resolve({
        vectors: inputs.map((input) => Float32Array.of(input.length, 0)),
        tokens: inputs.reduce((sum, input) => sum + input.length, 0),
      });
    },
  };
}
