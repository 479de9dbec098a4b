import fc from 'fast-check';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { cutCode, liveCode } from '../../../renderer/features/chat/markdown/live-code.ts';
import { AppProvider } from '../../../renderer/store/use-app.tsx';
import { openApp } from './open-app.ts';
import { MarkdownBlock } from '../../../renderer/features/chat/markdown/MarkdownBlock.tsx';

const LINE = 'const total = samples.reduce((sum, each) => sum + each, 0); // adds up';
const lines = (count: number) => Array<string>(count).fill(LINE).join('\n');

describe('code that is still being written', () => {
  it.each([
    ['prose', 'Some words'],
    ['a fence that has ended', '```ts\nlet a;\n```\n'],
    ['a fence that has ended with a longer one', '```\na\n`````'],
    ['an opening line that is not finished', '```ts'],
  ])('is not %s', (_what, block) => {
    expect(liveCode(block)).toBeNull();
  });

  it('has a language, and is not ended by another kind of fence', () => {
    expect(liveCode('~~~py title\nprint(1)\n```\n')).toEqual({
      opening: '~~~py title',
      language: 'py',
      parts: ['print(1)\n```\n'],
    });
  });

  it('is cut where lines end, and the cuts stay while it grows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 200 }), { maxLength: 60 }),
        fc.nat(),
        (all, at) => {
          const code = all.join('\n');
          const parts = cutCode(code);
          expect(parts.join('')).toBe(code);
          for (const part of parts.slice(0, -1)) expect(part.endsWith('\n')).toBe(true);
          const before = cutCode(code.slice(0, at % (code.length + 1)));
          expect(parts.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
        },
      ),
    );
  });

  it('ends a part before a line at the margin, and in one that never returns to it after 1,000 characters', () => {
    const one = `function one() {\n${'  work();\n'.repeat(40)}}\n`;
    expect(cutCode(`${one}function two() {\n}\n`)).toEqual([one, 'function two() {\n}\n']);
    const [first = ''] = cutCode(`class All {\n${'  work();\n'.repeat(200)}`);
    expect(first.length).toBeGreaterThanOrEqual(1_000);
    expect(first.length).toBeLessThan(1_020);
  });

  it('reads the same while it grows as when it is complete', async () => {
    const app = await openApp();
    const block = `\`\`\`ts\n${lines(60)}\n`;
    const draw = (text: string, growing: boolean) =>
      renderToStaticMarkup(
        <AppProvider app={app}>
          <MarkdownBlock text={text} growing={growing} eager />
        </AppProvider>,
      );
    const textOf = (markup: string) => markup.replace(/<[^>]+>/g, '').trimEnd();
    const live = draw(block, true);
    expect(textOf(live)).toBe(textOf(draw(`${block}\`\`\`\n`, false)));
    expect(live.match(/<pre/g)).toHaveLength(1);
    expect(live).toContain('hljs-keyword');
  });
});
