/** Lets the chat pane ask a Supplier: the price before, the words as they come, the receipt at the end. */
import type { AnswerEvent } from '../chat/ports.ts';
import type { Price } from '../ipc/network.ts';
import { AppError } from '../platform/app-error.ts';
import { untilAborted } from '../platform/until-aborted.ts';
import type { ChatTurn } from '../protocol/generate.ts';
import type { RelayQuestion } from '../relay/ports.ts';
import type { AskEnd } from '../relay/relay-stream.ts';
import type { Offer } from '../relay/application.ts';
import type { Hex } from '../protocol/hex.ts';
import { holdSecondsFor } from './chat-hold.ts';
import { chatSamplingFor } from './chat-sampling.ts';
import type { Practice } from './compose-practice.ts';
import { MAX_ANSWER_TOKENS } from './practice-ask.ts';

function requestFor({ model }: Offer, turns: readonly ChatTurn[]): RelayQuestion {
  const sampling = chatSamplingFor(model.ggufSha256);
  const maxTokens = Math.min(MAX_ANSWER_TOKENS, model.contextTokens);
  const holdSeconds = holdSecondsFor(turns);
  return { turns, sampling, maxTokens, stop: [], ...(holdSeconds > 0 && { holdSeconds }) };
}

export interface NetworkAnswerer {
  /** What a question would cost. @throws AppError when nobody can be asked */
  price(turns: readonly ChatTurn[]): Promise<Price>;
  /**
   * Refuses a price above the one that was shown last.
   * @throws AppError while iterating; aborting `signal` still yields `end`
   */
  answer(turns: readonly ChatTurn[], signal: AbortSignal): AsyncIterable<AnswerEvent>;
}

export function createNetworkAnswerer(practice: Practice): NetworkAnswerer {
  /** Token units per 1,000,000 CU that each Supplier was last shown to ask. */
  const shown = new Map<Hex, bigint>();
  return {
    async price(turns) {
      const price = await priceOnNetwork(practice, turns);
      shown.set(price.supplier, price.perMillionCu);
      return price;
    },
    answer: (turns, signal) =>
      answerOnNetwork(practice, turns, signal, ({ session }) => {
        const agreed = shown.get(session.supplier);
        if (agreed === undefined || session.price <= agreed) return;
        throw new AppError('relay-refused', {
          details: 'Its price has risen since it was shown. Look at the new one and send again.',
        });
      }),
  };
}

async function priceOnNetwork(
  practice: Practice,
  turns: readonly ChatTurn[],
): Promise<Omit<Price, 'supplier'> & { readonly supplier: Hex }> {
  const asking = await practice.asking();
  const offer = await asking.offer();
  const request = requestFor(offer, turns);
  const { most, typical, maxTokens } = asking.priceOf(offer, request);
  const { holdSeconds = 0 } = request;
  const { model, session } = offer;
  const shared = { modelName: model.name, supplier: session.supplier, maxTokens, holdSeconds };
  return { ...shared, most, typical, perMillionCu: model.price };
}

/** @returns null when `signal` aborted before there was anybody to ask */
async function meet(practice: Practice, signal: AbortSignal) {
  try {
    const asking = await untilAborted(practice.asking(), signal);
    return { asking, offer: await untilAborted(asking.offer(), signal) };
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

/** What has left for the Supplier; `ref` is null while nothing has. */
interface Sent {
  ref: Hex | null;
  most: bigint;
}

const NEVER_ASKED: AnswerEvent = {
  type: 'end',
  modelName: 'Nobody',
  reason: 'cancelled',
  promptTokens: 0,
  outputTokens: 0,
  firstTokenMs: null,
  totalMs: 0,
  served: null,
};

/** @param agree throws when this offer must not be taken */
async function* answerOnNetwork(
  practice: Practice,
  turns: readonly ChatTurn[],
  signal: AbortSignal,
  agree: (offer: Offer) => void,
): AsyncGenerator<AnswerEvent> {
  const letGo = practice.hold();
  try {
    const met = await meet(practice, signal);
    if (met === null) {
      yield NEVER_ASKED;
      return;
    }
    const { asking, offer } = met;
    agree(offer);
    const sent: Sent = { ref: null, most: 0n };
    yield { type: 'start' };
    for await (const event of asking.ask(offer, requestFor(offer, turns), signal)) {
      if (event.type === 'sent') {
        sent.ref = event.ref;
        sent.most = event.maxCharge;
      } else if (event.type === 'tokens') {
        yield { type: 'tokens', text: event.text };
      } else {
        yield toEnd(event, offer, sent);
      }
    }
  } finally {
    letGo();
  }
}

/** @throws AppError for an answer that the Supplier itself calls failed; it cost nothing. */
function toEnd(
  { reason, signed, charged, tokens, timings }: AskEnd,
  { model, session }: Offer,
  { ref, most }: Readonly<Sent>,
): AnswerEvent {
  if (reason === 'failed') {
    throw new AppError('peer-unreachable', { details: 'It broke off, and nothing was charged.' });
  }
  return {
    type: 'end',
    modelName: model.name,
    reason: reason === 'deadline' ? 'length' : reason,
    promptTokens: signed?.receipt.promptTokens ?? 0,
    outputTokens: tokens,
    firstTokenMs: timings.firstTextMs,
    totalMs: timings.totalMs,
    served: ref === null ? null : { supplier: session.supplier, ref, most, charged: charged ?? 0n },
  };
}
