/** Puts the text of an answer together from numbered pieces, whatever order they arrive in. */

export interface LiveText {
  readonly conversationId: string;
  /** Every piece below `next`. */
  readonly text: string;
  /** The number of the next piece. */
  readonly next: number;
  /** Pieces that arrived before their turn. */
  readonly early: ReadonlyMap<number, string>;
}

export interface Delta {
  readonly conversationId: string;
  readonly sequence: number;
  readonly text: string;
}

/** Pieces held back before the conversation is asked for again: about a quarter of a second. */
const EARLY_LIMIT = 8;

const NO_PIECES: ReadonlyMap<number, string> = new Map();

/** Pieces already seen change nothing; the same object comes back. */
export function addDelta(live: LiveText | undefined, delta: Delta): LiveText {
  const { conversationId, sequence } = delta;
  const known = live ?? { conversationId, text: '', next: 0, early: NO_PIECES };
  if (sequence < known.next || known.early.has(sequence)) return known;
  return release({ ...known, early: new Map(known.early).set(sequence, delta.text) });
}

/** Takes in what `chat.open` says of an answer being written: `text` holds every piece below `next`. */
export function adoptText(live: LiveText | undefined, opened: Omit<LiveText, 'early'>): LiveText {
  if (live && live.next >= opened.next) return live;
  return release({ ...opened, early: live?.early ?? NO_PIECES });
}

/** Moves the early pieces whose turn has come to the text, and drops those that are in it already. */
function release(live: LiveText): LiveText {
  const early = new Map([...live.early].filter(([sequence]) => sequence >= live.next));
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
