/** Usage arithmetic and the statuses of every failure. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toModelList, toUsage } from '../../../electron/gateway/openai-answers.ts';
import { failureFor } from '../../../electron/gateway/openai-errors.ts';
import { ERROR_CODES } from '../../../electron/ipc/error-codes.ts';
import { AppError } from '../../../electron/platform/app-error.ts';

describe('usage', () => {
  it('adds up, and counts cached tokens within the prompt', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (cached, fresh, output) => {
        const usage = toUsage({ prompt: cached + fresh, cached, output });
        expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
        expect(usage.prompt_tokens - usage.prompt_tokens_details.cached_tokens).toBe(fresh);
      }),
    );
  });
});

describe('failures', () => {
  it.each(ERROR_CODES)('%s has a status, words, and a truthful hint about trying again', (code) => {
    const failure = failureFor(new AppError(code));
    expect(failure.status).toBeGreaterThanOrEqual(400);
    expect(failure.status).toBeLessThan(600);
    expect(failure.body.error.message.length).toBeGreaterThan(0);
    // A person who searches for one name finds the other.
    if (code.startsWith('model-')) expect(failure.body.error.code).toBe(code.replaceAll('-', '_'));
    if (code.startsWith('engine-') && code !== 'engine-unavailable')
      expect(failure.headers).toHaveProperty('retry-after');
    const clientsRepeat = failure.status >= 500 || failure.status === 429;
    const isHinted = 'retry-after' in failure.headers || 'x-should-retry' in failure.headers;
    expect(isHinted).toBe(clientsRepeat);
  });
});

describe('the model list', () => {
  it('has the fields that the API requires, with time in seconds', () => {
    expect(toModelList([{ id: 'local', name: 'Small', createdAtMs: 1_700_000_000_999 }])).toEqual({
      object: 'list',
      data: [
        {
          id: 'local',
          object: 'model',
          created: 1_700_000_000,
          owned_by: 'lull',
          name: 'Small',
        },
      ],
    });
  });
});
