/** Reads server-sent events of one JSON text each, strictly: what a good peer never sends is an error. */

const END = '\n\n';
const DATA = 'data: ';

export class EventFault extends Error {}

export interface EventReader {
  /** @returns the texts that are whole now. @throws EventFault */
  push(bytes: Uint8Array): readonly string[];
  /** @throws EventFault when the stream ended in the middle of something */
  end(): void;
}

/** @param limits in bytes, where a character counts as one at least */
export function createEventReader(limits: {
  readonly maxEventBytes: number;
  readonly maxReplyBytes: number;
}): EventReader {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let total = 0;

  const decode = (bytes?: Uint8Array): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (cause) {
      throw new EventFault('it is not UTF-8', { cause });
    }
  };

  return {
    push(bytes) {
      total += bytes.length;
      if (total > limits.maxReplyBytes) throw new EventFault('the answer is too long');
      const frames = (rest + decode(bytes)).split(END);
      rest = frames.pop() ?? '';
      if (rest.length > limits.maxEventBytes) throw new EventFault('an event is too long');
      return frames.flatMap((frame) => {
        if (frame.length > limits.maxEventBytes) throw new EventFault('an event is too long');
        // A comment: the other side is alive.
        if (frame.startsWith(':') && !frame.includes('\n')) return [];
        if (!frame.startsWith(DATA) || frame.includes('\n')) {
          throw new EventFault('it is no event');
        }
        return [frame.slice(DATA.length)];
      });
    },
    end() {
      decode();
      if (rest !== '') throw new EventFault('it ended in the middle of an event');
    },
  };
}
