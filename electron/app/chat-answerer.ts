/** Lets the chat pane ask the engine: same model as shown, sampling as people expect of a chat. */
import type { AnswerEvent } from '../chat/ports.ts';
import type { ModelLibrary } from '../models/library.ts';
import type { NodeAnswers } from './compose-engine.ts';
import type { ChatTurn, GenerateEvent } from '../protocol/generate.ts';

export function chatAnswerer(
  engine: NodeAnswers,
  library: Pick<ModelLibrary, 'current'>,
): (turns: readonly ChatTurn[], signal: AbortSignal) => AsyncIterable<AnswerEvent> {
  return async function* (turns, signal): AsyncGenerator<AnswerEvent> {
    let modelName = 'No model';
    const request = { turns, sampling: 'chat', maxTokens: null, stop: [] } as const;
    for await (const event of engine.generate(request, signal)) {
      if (event.type === 'start') modelName = library.current()?.name ?? modelName;
      yield event.type === 'end' ? toEnd(event, modelName) : event;
    }
  };
}

function toEnd(
  { reason, counts, timings }: Extract<GenerateEvent, { type: 'end' }>,
  modelName: string,
): AnswerEvent {
  return {
    type: 'end',
    modelName,
    reason,
    promptTokens: counts.prompt,
    outputTokens: counts.output,
    firstTokenMs: timings.firstTokenMs,
    totalMs: timings.totalMs,
    served: null,
  };
}
