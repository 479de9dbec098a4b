/** Cutting Markdown into blocks: nothing lost, the same cuts while it grows, the same page in the end. */
import fc from 'fast-check';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import Markdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { describe, expect, it } from 'vitest';
import { createBlockCutter } from '../../../renderer/features/chat/markdown/block-cutter.ts';
import { growBlocks, splitBlocks } from '../../../renderer/features/chat/markdown/split-blocks.ts';

/** Lines as models write them, and some that they should not. */
const LINES = [
  '',
  '',
  '',
  'A sentence.',
  '# Heading',
  '- item',
  '* other item',
  '  indented',
  '    far indented',
  '1. first',
  '2. second',
  '10) tenth',
  '   - nested',
  '```js',
  '```',
  '~~~',
  '````',
  '   ```py',
  '- ```',
  '1. ```sh',
  '> quote',
  '> ```',
  '---',
  '| a | b |',
  '|---|---|',
  '\tcode',
  'const a = `b`;',
  '- [ ] task',
] as const;

const document = fc
  .array(fc.constantFrom(...LINES), { maxLength: 24 })
  .map((lines) => lines.join('\n'));
const anything = fc.oneof(fc.string(), document);

function draw(text: string): string {
  return renderToStaticMarkup(createElement(Markdown, { remarkPlugins: [remarkGfm] }, text));
}

/** Blank text between elements means nothing on a page. */
function squeeze(html: string): string {
  return html.replace(/>\s+</g, '><').trim();
}

describe('splitBlocks', () => {
  it('loses and adds nothing', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(splitBlocks(text).join('')).toBe(text);
      }),
    );
  });

  it('draws the same page in pieces as in one', () => {
    fc.assert(
      fc.property(document, (text) => {
        // The parser reads `2.` after indented code and a blank line as text; in a block of its own, as a list.
        fc.pre(!/^( {4}|\t)/m.test(text) || !/^\d+[.)]/m.test(text));
        expect(squeeze(splitBlocks(text).map(draw).join(''))).toBe(squeeze(draw(text)));
      }),
      { numRuns: 600 },
    );
  });

  it('cuts between paragraphs, headings and code', () => {
    const text = '# One\n\nTwo.\n\n```\nthree\n\nstill three\n```\n\nFour.';
    expect(splitBlocks(text)).toEqual([
      '# One\n\n',
      'Two.\n\n',
      '```\nthree\n\nstill three\n```\n\n',
      'Four.',
    ]);
  });

  it('keeps a list together, with what is indented below its items', () => {
    const list = '1. One\n\n   ```\n   a\n\n   b\n   ```\n\n2. Two\n\n   More.\n\n';
    expect(splitBlocks(`${list}After.`)).toEqual([list, 'After.']);
  });

  it('leaves code open that has not been closed yet', () => {
    expect(splitBlocks('```js\na\n\nb\n\nc')).toHaveLength(1);
  });

  it('makes many blocks of a long answer', () => {
    expect(splitBlocks('Paragraph.\n\n'.repeat(500))).toHaveLength(500);
  });
});

describe('growBlocks', () => {
  it('cuts a growing text exactly as if it were read anew', () => {
    fc.assert(
      fc.property(anything, fc.array(fc.nat({ max: 12 }), { maxLength: 40 }), (text, steps) => {
        let blocks: readonly string[] = [];
        let length = 0;
        for (const step of [...steps, text.length]) {
          length = Math.min(text.length, length + step);
          blocks = growBlocks(blocks, text.slice(0, length));
          expect(blocks).toEqual(splitBlocks(text.slice(0, length)));
        }
      }),
    );
  });
});

describe('createBlockCutter', () => {
  it('starts over when another text comes', () => {
    const cut = createBlockCutter();
    cut('One.\n\nTwo.\n\nThree.');
    expect(cut('Other.\n\nText.')).toEqual(['Other.\n\n', 'Text.']);
  });

  it('leaves a text whole whose links are defined elsewhere in it', () => {
    const text = 'See [this][1].\n\nMore.\n\n[1]: https://example.org';
    expect(createBlockCutter()(text)).toEqual([text]);
  });

  it('keeps settled blocks as they are while the text grows', () => {
    const cut = createBlockCutter();
    const before = cut('One.\n\nTwo.\n\nThree.\n\nFo');
    const after = cut('One.\n\nTwo.\n\nThree.\n\nFour.');
    expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
    expect(after.at(-1)).toBe('Four.');
  });
});
