/** The two steps that make more of Lull, in the order in which they are offered, and which of them are still open. */
import type { NextStep } from '../../../electron/ipc/snapshot.ts';
import type { AppState } from '../../store/app-state.ts';

export interface StepWords {
  readonly label: string;
  readonly why: string;
}

export const STEP_WORDS: Readonly<Record<NextStep, StepWords>> = {
  model: {
    label: 'Get a real model',
    why: 'The test model talks nonsense and only proves that everything works. Get one for real answers that suits this computer.',
  },
  earning: {
    label: 'Try earning',
    why: 'A neighbour inside Lull asks ten questions and pays for them with practice money.',
  },
};

const ORDER: readonly NextStep[] = ['model', 'earning'];

/** As text, because a selector must return the same value while nothing has changed. */
export function openSteps(state: AppState): string {
  return ORDER.filter((step) => !isDone(state, step) && !isSkipped(state, step)).join(' ');
}

export function skippedSteps(state: AppState): string {
  return ORDER.filter((step) => !isDone(state, step) && isSkipped(state, step)).join(' ');
}

export function toSteps(text: string): readonly NextStep[] {
  return ORDER.filter((step) => text.split(' ').includes(step));
}

function isSkipped(state: AppState, step: NextStep): boolean {
  return state.snapshot?.settings.skippedSteps.includes(step) === true;
}

function isDone({ snapshot }: AppState, step: NextStep): boolean {
  if (!snapshot) return true;
  switch (step) {
    case 'model':
      return snapshot.model.current?.isStarter === false;
    case 'earning': {
      const { earnings, settings } = snapshot;
      return earnings.relaysServed > 0 || settings.earning.isOn || earnings.trial.state !== 'idle';
    }
  }
}

/** Whether the chat offers a real model already, so that nothing else on the screen has to. */
export function offersModel(state: AppState): boolean {
  const isShown = state.conversationId === null || isFirstAnswer(state);
  return isShown && toSteps(openSteps(state)).includes('model');
}

/** Whether this is the moment after the first answer: the steps are offered once and then live on Home. */
export function isFirstAnswer(state: AppState): boolean {
  const { conversationId, snapshot } = state;
  if (conversationId === null || snapshot?.conversations.length !== 1) return false;
  const ids = state.chats[conversationId]?.messageIds ?? [];
  return ids.length === 2 && state.messages[ids[1] ?? '']?.state === 'complete';
}
