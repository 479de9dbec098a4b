/** Reads server-sent events of one JSON text each, strictly: what a good peer never sends is an error. */

const END = '\n\n';
const DATA = 'data: ';

export class EventFault extends Error {}

export interface EventReader {
  /** @returns the texts that are whole now. @throws EventFault */
  push(bytes: Uint8Array): readonly string[];
}

/** @param limits in bytes, where a character counts as one at least */
export function createEventReader(limits: {
  readonly maxEventBytes: number;
  readonly maxReplyBytes: number;
}): EventReader {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  /** Of `rest`, kept apart because reading it there would copy all of it. */
  let lastCharacter = '';
  let total = 0;

  const decode = (bytes: Uint8Array): string => {
    try {
      return decoder.decode(bytes, { stream: true });
    } catch (cause) {
      throw new EventFault('it is not UTF-8', { cause });
    }
  };

  return {
    push(bytes) {
      total += bytes.length;
      if (total > limits.maxReplyBytes) throw new EventFault('the answer is too long');
      const text = decode(bytes);
      const recent = lastCharacter + text;
      rest += text;
      // Only what is new can end an event. To look through all of it each time would let a peer that sends single
      // bytes keep this process busy for minutes.
      const frames = recent.includes(END) ? rest.split(END) : [rest];
      rest = frames.pop() ?? '';
      lastCharacter = rest === '' ? '' : recent.slice(-1);
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
  };
}
