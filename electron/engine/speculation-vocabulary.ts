/** Whether two models write the same tokens, so that one can guess what the other will say. */

export interface Vocabulary {
  /** How text is cut into tokens. */
  readonly kind: string;
  readonly tokens: readonly string[];
}

/** Models of one family fill their vocabulary up to sizes that suit their matrices. */
const MOST_PADDING = 256;

export function isSameVocabulary(one: Vocabulary, other: Vocabulary): boolean {
  if (one.kind !== other.kind) return false;
  const [short, long] =
    one.tokens.length <= other.tokens.length
      ? [one.tokens, other.tokens]
      : [other.tokens, one.tokens];
  if (short.length === 0 || long.length - short.length > MOST_PADDING) return false;
  return short.every((token, id) => token === long[id]);
}
