/** Finds code that is still being written, and cuts it so that only its end is coloured again. */

/** Past this, about 10 lines, a part ends before the next line that starts something at the left margin. */
const PART_LENGTH = 300;
/** Past this it ends with its line: so much is coloured anew with every piece of text. */
const LONGEST_PART = 1_000;
const STARTS_ANEW = /\n(?=[^\s)\]}])/g;

const OPENING = /^(`{3,}|~{3,})([^\n]*)\n/;

export interface LiveCode {
  /** The line that opens it, without its line end. */
  readonly opening: string;
  readonly language: string | null;
  /** Whole lines, but for the last; put together they are the code. */
  readonly parts: readonly string[];
}

/** Null when the block does not begin with a fence, or when the code has ended. */
export function liveCode(block: string): LiveCode | null {
  const [head, mark, info = ''] = OPENING.exec(block) ?? [];
  if (head === undefined || mark === undefined || info.includes('`')) return null;
  const code = block.slice(head.length);
  if (hasEnded(code, mark)) return null;
  const [language = ''] = info.trim().split(/\s/);
  return {
    opening: head.trimEnd(),
    language: language === '' ? null : language,
    parts: cutCode(code),
  };
}

function hasEnded(code: string, mark: string): boolean {
  const sign = mark.slice(0, 1);
  return new RegExp(`^[^\\S\\n]*${sign}{${String(mark.length)},}[^\\S\\n]*$`, 'm').test(code);
}

/** The cuts depend on what stands before them alone, so they stay while the code grows. */
export function cutCode(code: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (let end = endOfPart(code, 0); end !== null; end = endOfPart(code, start)) {
    parts.push(code.slice(start, end));
    start = end;
  }
  return [...parts, code.slice(start)];
}

function endOfPart(code: string, start: number): number | null {
  STARTS_ANEW.lastIndex = start + PART_LENGTH;
  const anew = STARTS_ANEW.exec(code)?.index ?? Infinity;
  const latest = code.indexOf('\n', start + LONGEST_PART);
  const end = Math.min(anew, latest === -1 ? Infinity : latest) + 1;
  return end < code.length ? end : null;
}
