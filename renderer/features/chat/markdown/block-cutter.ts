/** Cuts one answer again and again while it grows, without reading again what is settled. */
import { growBlocks, splitBlocks } from './split-blocks.ts';

/** Definitions of links or footnotes, which blocks elsewhere refer to. */
const DEFINITION = /^ {0,3}\[[^\]\n]+\]:/m;
/** A longer text is cut in any case: plain brackets are better than a window that stands still. */
const UNCUT_LIMIT = 20_000;

/** The result depends on the text alone; what is remembered only saves time. */
export function createBlockCutter(): (text: string) => readonly string[] {
  let lastText = '';
  let lastBlocks: readonly string[] = [];
  return (text) => {
    if (text === lastText) return lastBlocks;
    if (text.length <= UNCUT_LIMIT && DEFINITION.test(text)) return [text];
    lastBlocks = text.startsWith(lastText) ? growBlocks(lastBlocks, text) : splitBlocks(text);
    lastText = text;
    return lastBlocks;
  };
}
