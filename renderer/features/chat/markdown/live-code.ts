/** Finds code that is still being written, and cuts it so that only its end is coloured again. */

/** About 30 lines: what can be coloured anew with every piece of text without anybody noticing. */
const PART_LENGTH = 1_000;

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
  return code.split('\n').some((line) => {
    const text = line.trim();
    return text.length >= mark.length && text === sign.repeat(text.length);
  });
}

/** The cuts depend on what stands before them alone, so they stay while the code grows. */
export function cutCode(code: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  while (code.length - start > PART_LENGTH) {
    const end = code.indexOf('\n', start + PART_LENGTH);
    if (end === -1 || end + 1 === code.length) break;
    parts.push(code.slice(start, end + 1));
    start = end + 1;
  }
  return [...parts, code.slice(start)];
}
