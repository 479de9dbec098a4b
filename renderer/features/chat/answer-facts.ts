/** The small print under an answer. */
import type { Message } from '../../../electron/ipc/snapshot.ts';
import { formatCount, formatRate } from '../../format/numbers.ts';
import { formatDuration } from '../../format/times.ts';

export function answerFacts(stats: Message['stats']): readonly string[] {
  if (!stats) return [];
  const { modelName, tokensPerSecond, firstTokenMs, outputTokens } = stats;
  const unit = outputTokens === 1 ? 'token' : 'tokens';
  return [
    modelName,
    ...(tokensPerSecond === null ? [] : [formatRate(tokensPerSecond)]),
    ...(firstTokenMs === null ? [] : [`first token after ${formatDuration(firstTokenMs)}`]),
    `${formatCount(outputTokens)} ${unit}`,
  ];
}
