/** Takes the place of the command that asks: main writes an answer at a steady rate, batched as ever. */
import type { IpcMain, IpcMainInvokeEvent } from 'electron';

interface Script {
  readonly text: string;
  readonly tokensPerSecond: number;
}

interface Asked {
  readonly conversationId: string;
  readonly text: string;
}

/**
 * Runs inside main, as text: it may use nothing from outside. A token is four characters; what has come due is sent at
 * most every 34 ms, which is what the real batcher does.
 */
export function answerFrom(
  { ipcMain }: { readonly ipcMain: IpcMain },
  { text, tokensPerSecond }: Script,
): void {
  const CHARACTERS_PER_TOKEN = 4;
  const INTERVAL_MS = 34;
  ipcMain.removeHandler('chat.send');
  ipcMain.handle('chat.send', (event: IpcMainInvokeEvent, asked: Asked) => {
    const { conversationId } = asked;
    const now = Date.now();
    const common = { conversationId, createdAtMs: now, failure: null, stats: null };
    const question = {
      ...{
        ...common,
        id: `asked-${String(now)}`,
        role: 'user',
        text: asked.text,
        state: 'complete',
      },
    };
    const answer = {
      ...common,
      id: `written-${String(now)}`,
      role: 'assistant',
      text: '',
      state: 'streaming',
    };
    const startMs = performance.now();
    let sent = 0;
    let sequence = 0;
    const timer = setInterval(() => {
      // What throws here would stop the app with a message box.
      if (event.sender.isDestroyed()) {
        clearInterval(timer);
        return;
      }
      const tokens = Math.floor(((performance.now() - startMs) / 1_000) * tokensPerSecond);
      const due = Math.min(text.length, tokens * CHARACTERS_PER_TOKEN);
      if (due > sent) {
        const piece = text.slice(sent, due);
        event.sender.send('chat.delta', {
          ...{ messageId: answer.id, conversationId, sequence, text: piece },
        });
        sequence += 1;
        sent = due;
      }
      if (sent < text.length) return;
      clearInterval(timer);
      event.sender.send('chat.end', { ...answer, text, state: 'complete' });
    }, INTERVAL_MS);
    const conversation = {
      ...{ id: conversationId, title: 'A long conversation', createdAtMs: now, updatedAtMs: now },
    };
    return { ok: true, value: { conversation, question, answer } };
  });
}
