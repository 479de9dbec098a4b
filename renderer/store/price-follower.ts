/** Keeps the price beside the composer up to date: asks once typing has stopped, one question at a time. */
import type { Bridge } from '../../electron/ipc/table.ts';
import { NEW_CHAT, NO_PRICE, type AppState, type AppStore, type PriceView } from './app-state.ts';
import { attempt, failureOf } from './attempt.ts';
import { draftKey, sendBlock, streamingIn } from './selectors.ts';

/** Runs something after a while, unless what it returns is called before. */
export type Later = (run: () => void, ms: number) => () => void;

/** Typing has stopped when nothing was typed for this long. */
export const TYPING_PAUSE_MS = 250;

interface Wanted {
  readonly draftKey: string;
  readonly text: string;
}

/** Returns a function that stops following. */
export function followPrice(bridge: Bridge, store: AppStore, later: Later): () => void {
  let wanted: Wanted | null = null;
  let wasReady = false;
  let isAsking = false;
  /** The pause has passed while an older question was still being answered. */
  let isDue = false;
  let cancelTimer = () => {};

  function show(price: PriceView): void {
    if (store.getState().price !== price) store.setState({ price });
  }

  function onChange(state: AppState): void {
    const next = wantedIn(state);
    const isReady = state.snapshot?.network.state === 'ready';
    // It may have been refused only because the network was not there yet.
    const isBack = isReady && !wasReady && state.price.state === 'failed';
    wasReady = isReady;
    if (isSame(wanted, next) && !isBack) return;
    wanted = next;
    isDue = false;
    cancelTimer();
    cancelTimer = next ? later(ask, TYPING_PAUSE_MS) : () => {};
    show(next ? outdated(state.price, next) : NO_PRICE);
  }

  function ask(): void {
    const asked = wanted;
    if (!asked) return;
    isDue = isAsking;
    if (isAsking) return;
    isAsking = true;
    void fetchPrice(bridge, asked).then((view) => {
      isAsking = false;
      if (wanted === asked) show(view);
      if (isDue) ask();
    });
  }

  const unsubscribe = store.subscribe(onChange);
  return () => {
    unsubscribe();
    cancelTimer();
    wanted = null;
  };
}

/** Null when there is nothing to ask the price of. */
function wantedIn(state: AppState): Wanted | null {
  if (state.via !== 'network' || state.tab !== 'chat') return null;
  if (streamingIn(state, state.conversationId) !== null) return null;
  const key = draftKey(state);
  const text = state.drafts[key] ?? '';
  return sendBlock(state, text) === null ? { draftKey: key, text } : null;
}

function isSame(one: Wanted | null, other: Wanted | null): boolean {
  return one?.draftKey === other?.draftKey && one?.text === other?.text;
}

/** The price of the same chat before it changed stays in view until the new one is there. */
function outdated(before: PriceView, { draftKey: key }: Wanted): PriceView {
  const price = before.draftKey === key ? before.price : null;
  return { state: 'asking', draftKey: key, price, failure: null };
}

/** Never rejects. */
async function fetchPrice(bridge: Bridge, { draftKey: key, text }: Wanted): Promise<PriceView> {
  const conversationId = key === NEW_CHAT ? null : key;
  const result = await attempt(() => bridge.command['chat.price']({ conversationId, text }));
  const base = { draftKey: key, failure: failureOf(result) };
  return result.ok
    ? { ...base, state: 'known', price: result.value }
    : { ...base, state: 'failed', price: null };
}
