/** How each event changes the snapshot; pure, and everything it does not touch keeps its identity. */
import type { Conversation, Snapshot } from '../ipc/snapshot.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { HubEvent } from './events.ts';

export function reduce(state: Snapshot, event: HubEvent): Snapshot {
  switch (event.type) {
    case 'setup-started':
    case 'setup-step':
    case 'setup-ended':
      return { ...state, setup: reduceSetup(state.setup, event) };
    case 'engine-changed':
      return { ...state, engine: { ...state.engine, ...event.change } };
    case 'candidates-found':
      return { ...state, engine: { ...state.engine, candidates: [...event.candidates] } };
    case 'models-changed':
      return { ...state, model: { current: event.current, known: [...event.known] } };
    case 'offers-changed':
      return { ...state, models: { ...state.models, ...event.change } };
    case 'endpoint-changed':
      return { ...state, endpoint: event.endpoint };
    case 'network-changed':
      return { ...state, network: { ...state.network, ...event.change } };
    case 'earnings-changed':
      return { ...state, earnings: { ...state.earnings, ...event.change } };
    case 'settings-changed':
      return { ...state, settings: { ...state.settings, ...event.change } };
    case 'status-changed':
      return { ...state, status: event.status };
    case 'governor-changed':
      return { ...state, governor: { ...state.governor, ...event.change } };
    case 'wallet-changed':
      return { ...state, wallet: { ...state.wallet, ...event.change } };
    case 'doctor-ran':
      return { ...state, doctor: { checks: [...event.checks], atMs: event.atMs } };
    case 'conversations-loaded':
      return { ...state, conversations: newestFirst(event.conversations) };
    case 'conversation-saved': {
      const others = state.conversations.filter(({ id }) => id !== event.conversation.id);
      return { ...state, conversations: newestFirst([event.conversation, ...others]) };
    }
    case 'conversation-deleted': {
      const kept = state.conversations.filter(({ id }) => id !== event.conversationId);
      return { ...state, conversations: kept };
    }
    case 'notice-raised': {
      const { code, details } = event.notice.failure;
      const others = state.notices.filter(
        ({ failure }) => failure.code !== code || failure.details !== details,
      );
      return { ...state, notices: [...others, event.notice] };
    }
    case 'notice-dismissed':
      return { ...state, notices: state.notices.filter(({ id }) => id !== event.noticeId) };
    default:
      return assertNever(event);
  }
}

type SetupEvent = Extract<HubEvent, { type: 'setup-started' | 'setup-step' | 'setup-ended' }>;

function reduceSetup(setup: Snapshot['setup'], event: SetupEvent): Snapshot['setup'] {
  switch (event.type) {
    case 'setup-started':
      return { phase: 'running', steps: [...event.steps], failure: null };
    case 'setup-step': {
      const steps = setup.steps.map((step) =>
        step.id === event.id ? { ...step, ...event.change } : step,
      );
      return { ...setup, steps };
    }
    case 'setup-ended':
      return { ...setup, phase: event.phase, failure: event.failure };
    default:
      return assertNever(event);
  }
}

function newestFirst(conversations: readonly Conversation[]): Conversation[] {
  return [...conversations].sort((a, b) => b.updatedAtMs - a.updatedAtMs);
}
