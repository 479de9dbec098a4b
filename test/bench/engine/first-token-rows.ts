/** Rows: how soon the first token comes, with a beginning that others share and in the middle of a conversation. */
import type { ChatTurn } from '../../../electron/protocol/generate.ts';
import type { Figure, Lengths, Row } from './row.ts';
import type { Side } from './side.ts';

const WIDE = 8;
const NARROW = 4;
const OTHERS = 4;
const SHORT_ANSWER = 24;

/** A long beginning that is new, then known, then asked about by eight at once; and one that is new to eight at once. */
export function sharedPrefixRow(lengths: Lengths): Row {
  return {
    name: 'shared-prefix',
    sequences: WIDE,
    async prepare(texts, seed) {
      const [known, unknown] = [
        await texts.ofLength(lengths.prefix, seed * 2),
        await texts.ofLength(lengths.prefix, seed * 2 + 1),
      ];
      const name = `${String(lengths.prefix)}-token prefix`;
      return async (side) => [
        ...(await withCpuTime(side, `${name}, cold`, () => firstAfter(side, [asked(known, 0)]))),
        figure(`${name}, warm`, await firstAfter(side, [asked(known, 1)])),
        figure(`${name}, warm, last of 8 at once`, await firstAfter(side, eight(known))),
        figure(`${name}, cold, last of 8 at once`, await firstAfter(side, eight(unknown))),
      ];
    },
  };
}

function asked(prefix: string, question: number): readonly ChatTurn[] {
  return [
    { role: 'system', text: prefix },
    { role: 'user', text: `${String(question)}: which of these things do you like, and why?` },
  ];
}

function eight(prefix: string): (readonly ChatTurn[])[] {
  return Array.from({ length: WIDE }, (_, at) => asked(prefix, 2 + at));
}

/** Milliseconds until the last of these questions has its first token. */
async function firstAfter(side: Side, questions: (readonly ChatTurn[])[]): Promise<number> {
  const startMs = performance.now();
  const written = await Promise.all(questions.map((turns) => side.ask({ turns, maxTokens: 4 })));
  return Math.max(...written.map(({ firstMs }) => firstMs)) - startMs;
}

/** The next question of a long conversation, right away and after others have had every place. */
export function followUpRow(lengths: Lengths): Row {
  return {
    name: 'follow-up',
    sequences: NARROW,
    async prepare(texts, seed) {
      const text = await texts.ofLength(lengths.conversation, seed);
      const others = await Promise.all(
        Array.from({ length: OTHERS }, (_, at) =>
          texts.ofLength(lengths.otherConversation, seed * 100 + at),
        ),
      );
      const name = `follow-up of ${String(lengths.conversation)} tokens`;
      return async (side) => {
        let turns: readonly ChatTurn[] = [{ role: 'user', text }];
        const goOn = async (question: string) => {
          const startMs = performance.now();
          const { firstMs, text: answer } = await side.ask({ turns, maxTokens: SHORT_ANSWER });
          turns = [...turns, { role: 'assistant', text: answer }, { role: 'user', text: question }];
          return firstMs - startMs;
        };
        await goOn('And which of them is the oldest?');
        const next = await goOn('And which is the newest?');
        await Promise.all(
          others.map((other) =>
            side.ask({ turns: [{ role: 'user', text: other }], maxTokens: SHORT_ANSWER }),
          ),
        );
        const later = await goOn('Thank you.');
        return [figure(name, next), figure(`${name}, after 4 others`, later)];
      };
    },
  };
}

/** @param measure milliseconds */
async function withCpuTime(side: Side, label: string, measure: () => Promise<number>) {
  const startMs = side.cpuMs();
  const first = figure(label, await measure());
  return [first, figure(`${label}, processor time`, side.cpuMs() - startMs)];
}

function figure(label: string, ms: number): Figure {
  return { label, value: ms, unit: 'ms' };
}
