/** Events of a peer's stream: the same however they are cut, and cheap to read however small the pieces are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventReader, EventFault } from '../../../electron/edge/event-reader.ts';

const LIMITS = { maxEventBytes: 1024 * 1024, maxReplyBytes: 4 * 1024 * 1024 };
/** Read in one go this is nothing; looked through from the start with every byte it takes half a minute. */
const SINGLE_BYTES = 400_000;
const PATIENCE_MS = 4_000;

function pieces(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index]));
}

describe('event reader', () => {
  it('reads the same events however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant(null), fc.string({ unit: 'grapheme' }))),
        fc.array(fc.nat()),
        (texts, cuts) => {
          const values = texts.map((text) => (text === null ? null : JSON.stringify(text)));
          const whole = values
            .map((value) => (value === null ? ': alive\n\n' : `data: ${value}\n\n`))
            .join('');
          const reader = createEventReader(LIMITS);
          const read = pieces(Buffer.from(whole), cuts).flatMap((piece) => reader.push(piece));
          expect(read).toEqual(values.filter((value) => value !== null));
        },
      ),
    );
  });

  it('is not kept busy by a peer that sends single bytes', () => {
    const reader = createEventReader(LIMITS);
    reader.push(Buffer.from('data: \u2026'));
    const piece = Buffer.from('x');
    const startMs = performance.now();
    for (let count = 0; count < SINGLE_BYTES; count++) reader.push(piece);
    expect(performance.now() - startMs).toBeLessThan(PATIENCE_MS);
    expect(reader.push(Buffer.from('\n\n'))).toEqual([`\u2026${'x'.repeat(SINGLE_BYTES)}`]);
  });

  it.each(['event: x\n\n', 'data: 1\ndata: 2\n\n', '\n\n', 'data:1\n\n'])('refuses %j', (text) => {
    const reader = createEventReader(LIMITS);
    expect(() => reader.push(Buffer.from(text))).toThrow(EventFault);
  });
});
