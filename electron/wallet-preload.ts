/** Puts the wallet's bridge on `window.lullWallet`: one function per question, answered by the keyring process. */
import { contextBridge, ipcRenderer } from 'electron';
import {
  CEREMONY,
  ceremonyReplySchema,
  type CeremonyName,
  type CeremonyReply,
  type CeremonyRequest,
} from './ipc/ceremony.ts';
import { ERROR_TEXTS, type ErrorCode } from './ipc/error-codes.ts';

/** As the window's own file names it. */
const PORT_CHANNEL = 'wallet.port';

type Answer = CeremonyReply['result'];

interface Question {
  readonly name: CeremonyName;
  readonly resolve: (answer: Answer) => void;
}

/** Until the window has sent it. */
const connected = new Promise<Electron.IpcRendererEvent['ports'][number]>((resolve) => {
  ipcRenderer.once(PORT_CHANNEL, (event) => {
    const [port] = event.ports;
    if (!port) return;
    port.addEventListener('message', ({ data }) => {
      hear(data);
    });
    port.addEventListener('close', lose);
    port.start();
    resolve(port);
  });
});

const questions = new Map<number, Question>();
const onLost: (() => void)[] = [];
let nextId = 0;
let isLost = false;

async function ask(name: CeremonyName, input?: unknown): Promise<Answer> {
  // A shape that the table does not know is refused here already; the other side checks it again.
  const checked = CEREMONY[name].input.safeParse(input);
  if (!checked.success) return failure('bad-request');
  const port = await connected;
  if (isLost) return failure('signer-unavailable');
  return new Promise((resolve) => {
    const id = nextId++;
    questions.set(id, { name, resolve });
    port.postMessage({ id, name, input: checked.data } satisfies CeremonyRequest);
  });
}

function hear(raw: unknown): void {
  const reply = ceremonyReplySchema.safeParse(raw);
  if (!reply.success) return;
  const { id, result } = reply.data;
  const question = questions.get(id);
  if (!question) return;
  questions.delete(id);
  if (!result.ok) {
    question.resolve(result);
    return;
  }
  const value = CEREMONY[question.name].output.safeParse(result.value);
  question.resolve(value.success ? { ok: true, value: value.data } : failure('internal'));
}

function lose(): void {
  isLost = true;
  for (const { resolve } of questions.values()) resolve(failure('signer-unavailable'));
  questions.clear();
  for (const listener of onLost) listener();
}

function failure(code: ErrorCode): Answer {
  const { sentence, kept, next } = ERROR_TEXTS[code];
  return { ok: false, code, message: sentence, kept, next, details: null };
}

contextBridge.exposeInMainWorld('lullWallet', {
  begin: () => ask('begin'),
  makeWords: (input: unknown) => ask('makeWords', input),
  confirmWords: (input: unknown) => ask('confirmWords', input),
  checkWords: (input: unknown) => ask('checkWords', input),
  useWords: (input: unknown) => ask('useWords', input),
  checkPassphrase: (input: unknown) => ask('checkPassphrase', input),
  seal: (input: unknown) => ask('seal', input),
  unlock: (input: unknown) => ask('unlock', input),
  onLost: (listener: () => void) => {
    if (isLost) listener();
    else onLost.push(listener);
  },
});
