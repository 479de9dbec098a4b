/** In the edge process: the calls that main makes to other peers. */
import { AppError, toAppError } from '../platform/app-error.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { Clock } from '../platform/clock.ts';
import { PEER_CREDITS, type PeerLimits } from './limits.ts';
import type { FromEdgeWire, ToEdge } from './messages.ts';
import { startPeerCall, type CallSink, type PeerCall } from './peer-call.ts';
import { MAX_STREAMS, type CallEventsWire } from './peer-messages.ts';
import { createPeerSessions, type PeerSessions } from './peer-sessions.ts';
import type { PeerTransport } from './peer-transport.ts';

/** As much of a failure's details as a message carries. */
const MAX_DETAILS_LENGTH = 1024;

type CallMessage = Extract<ToEdge, { type: 'call' }>;

export interface Outgoing {
  /** From now on calls are made over this; before, they fail. */
  use(transport: PeerTransport): void;
  receive(message: Extract<ToEdge, { type: 'call' | 'call-drop' | 'call-taken' }>): void;
}

export interface OutgoingPorts {
  readonly clock: Clock;
  readonly limits: PeerLimits;
  /** Calls back once what comes in at the moment has been dealt with. */
  readonly soon: (callback: () => void) => void;
  readonly post: (message: FromEdgeWire) => void;
}

export function createOutgoing({ clock, limits, soon, post }: OutgoingPorts): Outgoing {
  const bundle = createBundle(soon, post);
  const calls = new Map<number, PeerCall>();
  let sessions: PeerSessions | null = null;

  async function start(message: CallMessage, signal: AbortSignal): Promise<void> {
    const { id, peerKey, kind, body } = message;
    const sink = sinkFor(id, bundle, () => calls.delete(id));
    try {
      if (sessions === null) throw new AppError('network-unavailable');
      const session = await sessions.get(peerKey, signal);
      if (signal.aborted) return;
      const credits = PEER_CREDITS;
      calls.set(id, startPeerCall({ session, kind, body, clock, limits, credits, sink }));
    } catch (error) {
      if (signal.aborted) return;
      sink.fail(toAppError(error));
    }
  }

  return {
    use(transport) {
      sessions = createPeerSessions(transport, clock, limits);
    },
    receive(message) {
      switch (message.type) {
        case 'call': {
          const dialling = new AbortController();
          calls.set(message.id, {
            taken: () => undefined,
            drop() {
              dialling.abort();
            },
          });
          // It answers for its own failures.
          void start(message, dialling.signal);
          break;
        }
        case 'call-drop':
          calls.get(message.id)?.drop();
          calls.delete(message.id);
          break;
        case 'call-taken':
          calls.get(message.id)?.taken(message.count);
          break;
        default:
          assertNever(message);
      }
    },
  };
}

interface Bundle {
  events(events: CallEventsWire): void;
  /** Nothing follows on this stream. */
  end(id: number): void;
  post(message: FromEdgeWire): void;
}

/** One packet brings the events of several streams: they go on as one message, ahead of all that follows. */
function createBundle(soon: OutgoingPorts['soon'], post: OutgoingPorts['post']): Bundle {
  let waiting: CallEventsWire[] = [];
  const postNext = (message: FromEdgeWire): void => {
    send();
    post(message);
  };
  const send = (): void => {
    if (waiting.length === 0) return;
    const streams = waiting;
    waiting = [];
    post({ type: 'call-events', streams });
  };
  return {
    events(events) {
      if (waiting.length === 0) soon(send);
      waiting.push(events);
      if (waiting.length === MAX_STREAMS) send();
    },
    end(id) {
      const at = waiting.findLastIndex((stream) => stream.id === id);
      const last = waiting[at];
      if (last === undefined) postNext({ type: 'call-end', id });
      else waiting[at] = { ...last, isLast: true };
    },
    post: postNext,
  };
}

function sinkFor(
  id: number,
  { events: sendEvents, end, post }: Bundle,
  onOver: () => void,
): CallSink {
  return {
    answer(answer) {
      onOver();
      post({ type: 'call-answer', id, answer });
    },
    events(events) {
      sendEvents({ id, events });
    },
    end() {
      onOver();
      end(id);
    },
    fail({ code, details }) {
      onOver();
      const shown = details?.slice(0, MAX_DETAILS_LENGTH) ?? null;
      post({ type: 'call-failed', id, failure: { code, details: shown } });
    },
  };
}
