/** Reads the events of one relay from a peer: each checked, in order, and nothing after the last. */
import { relayEventSchema } from '../protocol/wire-relay.ts';
import { createEventReader, EventFault } from './event-reader.ts';
import type { PeerLimits } from './limits.ts';
import type { RelayEventWire } from './peer-messages.ts';
import { readChunk } from './token-messages.ts';

export interface RelayStream {
  /** Receipt or refusal has come: the peer has nothing more to say. */
  readonly isComplete: boolean;
  /** @throws EventFault when the peer broke the rules */
  push(bytes: Uint8Array): readonly { readonly event: RelayEventWire; readonly length: number }[];
}

export function createRelayStream(limits: PeerLimits): RelayStream {
  const reader = createEventReader(limits);
  let chunks = 0;
  let isComplete = false;

  const check = (event: RelayEventWire): void => {
    if (isComplete) throw new EventFault('something followed the end');
    if (event.type !== 'chunk') {
      if (event.type === 'refusal' && chunks > 0) throw new EventFault('a refusal came late');
      isComplete = true;
      return;
    }
    if (event.number !== chunks) throw new EventFault('a chunk is out of order');
    chunks += 1;
  };

  return {
    get isComplete() {
      return isComplete;
    },
    push: (bytes) =>
      reader.push(bytes).map((text) => {
        const event = parseEvent(text);
        check(event);
        return { event, length: text.length };
      }),
  };
}

function parseEvent(text: string): RelayEventWire {
  const value = parseJson(text);
  const chunk = readChunk(value);
  if (chunk) return chunk;
  if (!isEvent(value)) throw new EventFault('an event has the wrong form');
  return value;
}

/** What the schema takes is sent on as it came: main reads it by the same schema. */
function isEvent(value: unknown): value is RelayEventWire {
  return relayEventSchema.safeParse(value).success;
}

/** @throws EventFault */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EventFault('it is not JSON', { cause });
  }
}
