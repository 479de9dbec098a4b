import { describe, expect, it } from 'vitest';
import { tokenizerEntries } from '../../../electron/models/tokenizer-source.ts';
import { smallTokenizer, smallTokenizerConfig } from '../../fixtures/small-source.ts';

function entriesOf(
  tokenizer: unknown = smallTokenizer(),
  config: unknown = smallTokenizerConfig(),
) {
  return new Map(tokenizerEntries({ tokenizer, config, vocabularySize: 5 }));
}

describe('tokenizer keys', () => {
  it('list the tokens by their number, with merges as text', () => {
    const entries = entriesOf();
    expect(entries.get('tokenizer.ggml.tokens')).toMatchObject({
      values: ['<start>', '<end>', 'a', 'b', 'ab'],
    });
    expect(entries.get('tokenizer.ggml.token_type')).toMatchObject({ values: [3, 3, 1, 1, 1] });
    expect(entries.get('tokenizer.ggml.merges')).toMatchObject({ values: ['a b'] });
    expect(entries.get('tokenizer.ggml.bos_token_id')).toMatchObject({ value: 0 });
    expect(entries.get('tokenizer.ggml.eos_token_id')).toMatchObject({ value: 1 });
    expect(entries.get('tokenizer.ggml.add_bos_token')).toMatchObject({ value: false });
    expect(entries.get('tokenizer.chat_template')).toMatchObject({ value: '{{ messages }}' });
  });

  it('take merges that are text already', () => {
    const tokenizer = smallTokenizer();
    tokenizer.model.merges = ['a b'];
    expect(entriesOf(tokenizer).get('tokenizer.ggml.merges')).toMatchObject({ values: ['a b'] });
  });

  const { model, ...rest } = smallTokenizer();
  it.each([
    ['a gap in the numbers', { ...rest, model: { ...model, vocab: { a: 2, b: 4 } } }],
    [
      'a number beyond the vocabulary',
      { ...rest, model: { ...model, vocab: { ...model.vocab, x: 5 } } },
    ],
    [
      'one number for two tokens',
      { ...rest, model: { ...model, vocab: { ...model.vocab, x: 4 } } },
    ],
    ['another kind of model', { ...rest, model: { ...model, type: 'Unigram' } }],
    ['a normaliser', { ...rest, model, normalizer: { type: 'NFC' } }],
    ['another way to split words', { ...rest, model, pre_tokenizer: { type: 'Whitespace' } }],
    ['nothing', null],
  ])('are refused for %s', (_, tokenizer) => {
    expect(() => entriesOf(tokenizer)).toThrow(expect.objectContaining({ code: 'starter-failed' }));
  });

  it('are refused when a named token is not in the vocabulary', () => {
    const config = { ...smallTokenizerConfig(), eos_token: '<none>' };
    expect(() => entriesOf(undefined, config)).toThrow(
      expect.objectContaining({ code: 'starter-failed' }),
    );
  });
});
