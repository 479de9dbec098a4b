/** Narrow questions that components ask of the state; each answer is a primitive or a stable object. */
import type { Earnings, ReceiptView } from '../../electron/ipc/network.ts';
import type { FailureText } from '../../electron/ipc/result.ts';
import type {
  Conversation,
  ExternalServer,
  Message,
  SetupStep,
} from '../../electron/ipc/snapshot.ts';
import type { MAX_QUESTION_LENGTH } from '../../electron/ipc/table.ts';
import { NEW_CHAT, type AppState } from './app-state.ts';

/** The table's own value, held to it by its type: importing it would bring the whole guard library along. */
const QUESTION_LIMIT: typeof MAX_QUESTION_LENGTH = 200_000;

const NO_IDS: readonly string[] = [];
const NO_CONVERSATIONS: readonly Conversation[] = [];

export function draftKey(state: AppState): string {
  return state.conversationId ?? NEW_CHAT;
}

export function messageIds(state: AppState): readonly string[] {
  if (state.conversationId === null) return NO_IDS;
  return state.chats[state.conversationId]?.messageIds ?? NO_IDS;
}

export function conversations(state: AppState): readonly Conversation[] {
  return state.snapshot?.conversations ?? NO_CONVERSATIONS;
}

/** The answer being written in this conversation, if there is one. */
export function streamingIn(state: AppState, conversationId: string | null): string | null {
  if (conversationId === null) return null;
  const ids = state.chats[conversationId]?.messageIds ?? NO_IDS;
  const last = state.messages[ids.at(-1) ?? ''];
  return last?.state === 'streaming' ? last.id : null;
}

export function isAnswering(state: AppState, conversationId: string): boolean {
  if (streamingIn(state, conversationId) !== null) return true;
  return Object.values(state.live).some((live) => live.conversationId === conversationId);
}

/** What an answer reads like right now. */
export function messageText(state: AppState, message: Message): string {
  if (message.state !== 'streaming') return message.text;
  return state.live[message.id]?.text ?? message.text;
}

export function isTestModel(state: AppState): boolean {
  return state.snapshot?.model.current?.isStarter === true;
}

/** The server that answers instead of our own engine. */
export function usedServer(state: AppState): ExternalServer | null {
  return state.snapshot?.settings.engine.server ?? null;
}

/** Whether the card with the preparation steps has something to say. */
export function needsSetup(state: AppState): boolean {
  const phase = state.snapshot?.setup.phase;
  return phase !== undefined && phase !== 'done';
}

/** Why the engine as a whole does not run, unless the last answer on screen says so already. */
export function engineTrouble(state: AppState): FailureText | null {
  const { engine, setup } = state.snapshot ?? {};
  if (engine?.state !== 'failed' || setup?.phase !== 'done' || !engine.failure) return null;
  const last = state.messages[messageIds(state).at(-1) ?? ''];
  return last?.failure?.code === engine.failure.code ? null : engine.failure;
}

/** Until main has answered it does not matter. */
export function awaySecondsOf(state: AppState): number {
  return state.snapshot?.settings.governor.startAfterSeconds ?? 0;
}

export function runningStep(steps: readonly SetupStep[]): SetupStep | null {
  return steps.find((step) => step.state === 'running') ?? null;
}

/** What was earned and not yet paid by the chain. */
export function waitingToCollect({ earned, redeemed }: Earnings): bigint {
  return earned > redeemed ? earned - redeemed : 0n;
}

/** Whether the chain has paid for a relay served: the list may know it before an open sheet does. */
export function isPaid(state: AppState, { line, transaction }: ReceiptView): boolean {
  if (line.isRedeemed || transaction !== null) return true;
  const listed = state.snapshot?.earnings.recent.find(({ ref }) => ref === line.ref);
  return listed?.isRedeemed === true;
}

/** Why a question cannot be sent now, in plain words; null when it can. */
export function sendBlock(state: AppState, text: string): string | null {
  const { snapshot } = state;
  if (!snapshot) return 'Lull is starting. You can write now and send in a moment.';
  const { setup, engine, model } = snapshot;
  const here = state.via === 'local';
  if (setup.phase === 'running') {
    return 'Lull is still getting ready. You can write now and send when it is done.';
  }
  // Once it is known how to run a model, questions are answered whatever became of the rest.
  if (here && setup.phase !== 'done' && engine.backend === null) {
    return 'The preparation did not finish. Press Try again above, then send.';
  }
  if (here && model.current === null) return 'No model is open. Open a model, then send.';
  if (text.length > QUESTION_LIMIT) {
    return `This message is longer than ${QUESTION_LIMIT.toLocaleString('en')} characters. Shorten it to send.`;
  }
  return null;
}
