/** An answerer whose every event the test sends by hand. */
import type { AnswerEvent, Answerer } from '../../electron/chat/ports.ts';
import type { ChatTurn } from '../../electron/protocol/generate.ts';

export interface ScriptedAnswer {
  readonly turns: readonly ChatTurn[];
  readonly signal: AbortSignal;
  send(event: AnswerEvent): Promise<void>;
  fail(error: unknown): Promise<void>;
  /** Sends the end event and lets the chat see it. */
  end(reason: 'stop' | 'length' | 'cancelled'): Promise<void>;
}

export function createScriptedAnswerer(): {
  readonly answer: Answerer;
  readonly answers: readonly ScriptedAnswer[];
} {
  const answers: ScriptedAnswer[] = [];
  const answer: Answerer = (turns, signal) => {
    const channel = createChannel();
    answers.push({
      turns,
      signal,
      send: (event) => channel.put({ value: event }),
      fail: (error) => channel.put({ error }),
      end: (reason) => {
        const counts = { promptTokens: 7, outputTokens: 3, firstTokenMs: 10, totalMs: 30 };
        return channel.put({
          value: { type: 'end', modelName: 'Scripted', reason, served: null, ...counts },
        });
      },
    });
    return channel.read();
  };
  return { answer, answers };
}

type Item = { readonly value: AnswerEvent } | { readonly error: unknown };

function createChannel() {
  const items: Item[] = [];
  let wake: () => void = () => undefined;
  return {
    async put(item: Item): Promise<void> {
      items.push(item);
      wake();
      // One turn of the event loop lets the reader take the item.
      await new Promise((resolve) => setImmediate(resolve));
    },
    async *read(): AsyncGenerator<AnswerEvent> {
      for (;;) {
        const item = items.shift();
        if (!item) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else if ('error' in item) throw item.error;
        else {
          yield item.value;
          if (item.value.type === 'end') return;
        }
      }
    },
  };
}
