/** Cuts Markdown into blocks that can be drawn on their own, so that a growing answer redraws only its end. */

/** A list item's marker at the start of a line, with the blanks around it. */
const LIST_MARKER = /^[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)/;
const FENCE = /^([ \t]*)(`{3,}|~{3,})(.*)$/;
const INDENTED_CODE = 4;

interface Fence {
  readonly mark: string;
  /** Columns that a line inside a list item needs to still belong to it. */
  readonly indent: number;
}

interface Scan {
  readonly starts: number[];
  fence: Fence | null;
  inList: boolean;
  afterBlank: boolean;
  /** Whether code is still open cannot be told from here on; the rest stays in one piece. */
  unsure: boolean;
}

/**
 * Cuts only where a blank line is followed by a line that can belong to nothing before it: outside code, not
 * indented, not a further list item. The blocks put together are the text.
 */
export function splitBlocks(text: string): readonly string[] {
  if (text === '') return [];
  const scan: Scan = { starts: [0], fence: null, inList: false, afterBlank: false, unsure: false };
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    const stop = end === -1 ? text.length : end;
    readLine(scan, text.slice(start, stop).trimEnd(), start);
    start = stop + 1;
  }
  return scan.starts.map((from, index) => text.slice(from, scan.starts[index + 1]));
}

/**
 * The same cuts for a text that has grown, reading only its end. The last block may still grow, and the line that
 * opened it may still have been half a line, so both of the last two are read again.
 */
export function growBlocks(blocks: readonly string[], text: string): readonly string[] {
  const settled = blocks.slice(0, -2);
  const length = settled.reduce((sum, block) => sum + block.length, 0);
  return [...settled, ...splitBlocks(text.slice(length))];
}

function readLine(scan: Scan, line: string, start: number): void {
  if (line.trim() === '') {
    scan.afterBlank = true;
    return;
  }
  const indent = line.length - line.trimStart().length;
  if (scan.fence) {
    // A line left of the list item ends the code in it, or not, depending on where the item began.
    if (indent < scan.fence.indent) scan.unsure = true;
    if (closes(scan.fence, line)) scan.fence = null;
    scan.afterBlank = false;
    return;
  }
  const isItem = LIST_MARKER.test(line);
  const continues = indent > 0 || (scan.inList && isItem) || scan.unsure;
  if (scan.afterBlank && !continues && start > 0) {
    scan.starts.push(start);
    scan.inList = false;
  }
  scan.afterBlank = false;
  scan.inList ||= isItem;
  scan.fence = opens(line, scan.inList);
}

function opens(line: string, inList: boolean): Fence | null {
  let rest = line;
  let columns = 0;
  for (let marker = LIST_MARKER.exec(rest); marker; marker = LIST_MARKER.exec(rest)) {
    columns += marker[0].length;
    rest = rest.slice(marker[0].length);
  }
  const match = FENCE.exec(rest);
  if (!match) return null;
  const [, blanks = '', mark = '', info = ''] = match;
  if (mark.startsWith('`') && info.includes('`')) return null;
  if (!inList && blanks.length >= INDENTED_CODE) return null;
  return { mark, indent: inList ? columns + (columns === 0 ? blanks.length : 0) : 0 };
}

function closes(fence: Fence, line: string): boolean {
  const text = line.trim();
  const sign = fence.mark.slice(0, 1);
  return text.length >= fence.mark.length && text === sign.repeat(text.length);
}
