/** Lets the chat pane ask the engine: same model as shown, sampling as people expect of a chat. */
import type { AnswerEvent, Answerer } from '../chat/ports.ts';
import type { Engine, GenerateEvent } from '../engine/ports.ts';
import type { ModelLibrary } from '../models/library.ts';
import { chatSampling } from './chat-sampling.ts';

export function chatAnswerer(engine: Engine, library: Pick<ModelLibrary, 'current'>): Answerer {
  return (turns, signal) => {
    const model = library.current();
    const request = { turns, sampling: chatSampling(model), maxTokens: null, stop: [] };
    const modelName = model?.name ?? 'No model';
    return { modelName, events: toAnswer(engine.generate(request, signal)) };
  };
}

async function* toAnswer(events: AsyncIterable<GenerateEvent>): AsyncGenerator<AnswerEvent> {
  for await (const event of events) {
    if (event.type !== 'end') yield event;
    else {
      const { reason, counts, timings } = event;
      yield {
        type: 'end',
        reason,
        promptTokens: counts.prompt,
        outputTokens: counts.output,
        firstTokenMs: timings.firstTokenMs,
        totalMs: timings.totalMs,
      };
    }
  }
}
