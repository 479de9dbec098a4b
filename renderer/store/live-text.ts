/** Puts the text of an answer together from numbered pieces, whatever order they arrive in. */

export interface LiveText {
  readonly conversationId: string;
  readonly text: string;
  /** The number of the next piece; null takes whichever comes first, after joining in the middle. */
  readonly next: number | null;
  /** Pieces that arrived before their turn. */
  readonly early: ReadonlyMap<number, string>;
  /** The text came from disk and may already hold the beginning of the next piece. */
  readonly mayOverlap: boolean;
}

export interface Delta {
  readonly conversationId: string;
  readonly sequence: number;
  readonly text: string;
}

/** Pieces held back before the conversation is asked for again: about a quarter of a second. */
const EARLY_LIMIT = 8;

function emptyText(conversationId: string): LiveText {
  return { conversationId, text: '', next: 0, early: new Map(), mayOverlap: false };
}

/** Pieces already seen change nothing; the same object comes back. */
export function addDelta(live: LiveText | undefined, delta: Delta): LiveText {
  const known = live ?? emptyText(delta.conversationId);
  const next = known.next ?? delta.sequence;
  if (delta.sequence < next || known.early.has(delta.sequence)) return known;
  if (delta.sequence > next) {
    return { ...known, early: new Map(known.early).set(delta.sequence, delta.text) };
  }
  const fresh = known.mayOverlap ? delta.text.slice(overlap(known.text, delta.text)) : delta.text;
  return release({ ...known, text: known.text + fresh, next: next + 1, mayOverlap: false });
}

function release(live: LiveText): LiveText {
  if (live.early.size === 0 || live.next === null) return live;
  const early = new Map(live.early);
  let { text, next } = live;
  for (let piece = early.get(next); piece !== undefined; piece = early.get(next)) {
    text += piece;
    early.delete(next);
    next += 1;
  }
  return { ...live, text, next, early };
}

/** Whether pieces are missing that will not come any more, so that the answer has to be read again. */
export function hasLostPieces(live: LiveText): boolean {
  return live.early.size >= EARLY_LIMIT;
}

/**
 * Takes in what `chat.open` says about an answer that is still being written. Main sends in order, so every piece
 * seen before its reply is part of `text`; an answer followed from its first piece needs nothing.
 */
export function adoptText(
  live: LiveText | undefined,
  opened: { readonly conversationId: string; readonly text: string },
): LiveText {
  if (!live) {
    if (opened.text === '') return emptyText(opened.conversationId);
    return { ...emptyText(opened.conversationId), text: opened.text, next: null, mayOverlap: true };
  }
  if (live.early.size === 0) return live;
  const numbers = [...live.early.keys()].sort((one, other) => one - other);
  const next = (numbers.at(-1) ?? 0) + 1;
  const ours = live.text + numbers.map((number) => live.early.get(number) ?? '').join('');
  const wins = opened.text.length >= ours.length;
  return {
    ...live,
    text: wins ? opened.text : ours,
    next,
    early: new Map(),
    mayOverlap: wins,
  };
}

/** How many characters at the start of `piece` already stand at the end of `text`. */
function overlap(text: string, piece: string): number {
  for (let length = Math.min(text.length, piece.length); length > 0; length -= 1) {
    if (text.endsWith(piece.slice(0, length))) return length;
  }
  return 0;
}
