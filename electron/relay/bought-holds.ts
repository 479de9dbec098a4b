/** The conversations that are kept between a relay and its follow-up, told apart by their own words, in memory only. */
import type { Clock } from '../platform/clock.ts';
import type { ChatTurn } from '../protocol/generate.ts';
import type { Hex } from '../protocol/hex.ts';

export interface KeptConversation {
  /** The question with everything before it. */
  readonly turns: readonly ChatTurn[];
  readonly answer: string;
}

export interface BoughtHolds {
  /** A relay that buys one has begun. */
  begin(ref: Hex, owner: Hex): void;
  /** It is over, and its conversation is kept for so long. */
  keep(ref: Hex, owner: Hex, conversation: KeptConversation, seconds: number): void;
  /** Nothing is kept for it, or not any more. */
  drop(ref: Hex): void;
  /** Begun or kept: those of one owner, or of all. */
  count(owner?: Hex): number;
  /** False only when the conversation is known and these turns do not go on from it. */
  mayContinue(ref: Hex, turns: readonly ChatTurn[]): boolean;
  /** The longest conversation of this owner that these turns go on from. */
  find(owner: Hex, turns: readonly ChatTurn[], isFree: (ref: Hex) => boolean): Hex | null;
}

interface Entry {
  readonly owner: Hex;
  /** Null while its relay is served. */
  readonly conversation: KeptConversation | null;
  readonly untilMs: number;
}

export function createBoughtHolds(clock: Clock): BoughtHolds {
  const entries = new Map<Hex, Entry>();

  function dropExpired(): void {
    const nowMs = clock.monotonicMs();
    for (const [ref, { untilMs }] of entries) if (untilMs <= nowMs) entries.delete(ref);
  }

  return {
    begin(ref, owner) {
      entries.set(ref, { owner, conversation: null, untilMs: Number.POSITIVE_INFINITY });
    },
    keep(ref, owner, conversation, seconds) {
      const untilMs = clock.monotonicMs() + seconds * 1000;
      entries.set(ref, { owner, conversation, untilMs });
    },
    drop: (ref) => void entries.delete(ref),
    count(owner) {
      dropExpired();
      if (owner === undefined) return entries.size;
      return [...entries.values()].filter((entry) => entry.owner === owner).length;
    },
    mayContinue(ref, turns) {
      dropExpired();
      const conversation = entries.get(ref)?.conversation ?? null;
      return conversation === null || goesOn(conversation, turns);
    },
    find(owner, turns, isFree) {
      dropExpired();
      let best: { readonly ref: Hex; readonly length: number } | null = null;
      for (const [ref, { owner: other, conversation }] of entries) {
        if (other !== owner || conversation === null || !goesOn(conversation, turns)) continue;
        const { length } = conversation.turns;
        if (length > (best?.length ?? 0) && isFree(ref)) best = { ref, length };
      }
      return best?.ref ?? null;
    },
  };
}

function goesOn({ turns, answer }: KeptConversation, asked: readonly ChatTurn[]): boolean {
  const said = [...turns, { role: 'assistant', text: answer }];
  if (asked.length <= said.length) return false;
  return said.every(({ role, text }, at) => asked[at]?.role === role && asked[at].text === text);
}
