/** Turns a conversation into the tokens of a model's own chat template. */
import type { ChatHistoryItem, ChatWrapper, LlamaModel, LlamaText } from 'node-llama-cpp';
import { AppError } from '../platform/app-error.ts';
import type { ChatTurn } from '../protocol/generate.ts';

export interface PromptRules {
  /** @throws AppError `bad-request` when the template refuses these turns */
  render(turns: readonly ChatTurn[]): readonly number[];
  /** Tokens that end an answer besides those that the model file names. */
  readonly endTokens: ReadonlySet<number>;
  /** Texts that end an answer, for templates without special tokens. */
  readonly endTexts: readonly string[];
}

export async function promptRules(model: LlamaModel): Promise<PromptRules> {
  const template = model.fileInfo.metadata.tokenizer.chat_template ?? '';
  if (template.trim() === '') return continuation(model);
  const wrapper = await chatWrapper(model, template);
  const probe = wrapper.generateContextState({
    chatHistory: history([{ role: 'user', text: '' }]),
  });
  return {
    render(turns) {
      try {
        const { contextText } = wrapper.generateContextState({ chatHistory: history(turns) });
        return contextText.tokenize(model.tokenizer, 'trimLeadingSpace');
      } catch (error) {
        const details = "the model's chat template refuses this order of messages";
        throw new AppError('bad-request', { details, cause: error });
      }
    },
    ...endings(model, probe.stopGenerationTriggers),
  };
}

/** A base model has no template: it goes on where the text ends. */
function continuation(model: LlamaModel): PromptRules {
  const { bos, shouldPrependBosToken } = model.tokens;
  const start = shouldPrependBosToken && bos !== null ? [bos] : [];
  return {
    render(turns) {
      const text = turns.map((turn) => turn.text).join('\n');
      return [...start, ...model.tokenize(text, false)];
    },
    endTokens: new Set(),
    endTexts: [],
  };
}

/** The template itself where it can be run, else the nearest built-in format. */
async function chatWrapper(model: LlamaModel, template: string): Promise<ChatWrapper> {
  const { JinjaTemplateChatWrapper, resolveChatWrapper } = await import('node-llama-cpp');
  try {
    // Without function calls, which Lull does not offer yet and whose detection takes 0.3 s.
    return new JinjaTemplateChatWrapper({ template, functionCallMessageTemplate: 'noJinja' });
  } catch {
    return resolveChatWrapper(model, { warningLogs: false, noJinja: true });
  }
}

function history(turns: readonly ChatTurn[]): ChatHistoryItem[] {
  const items = turns.map((turn): ChatHistoryItem => {
    if (turn.role === 'assistant') return { type: 'model', response: [turn.text] };
    return { type: turn.role, text: turn.text };
  });
  // An open answer at the end makes the template write the head of the next one.
  if (items.at(-1)?.type !== 'model') items.push({ type: 'model', response: [] });
  return items;
}

function endings(
  model: LlamaModel,
  triggers: readonly LlamaText[],
): Pick<PromptRules, 'endTokens' | 'endTexts'> {
  const endTokens = new Set<number>();
  const endTexts: string[] = [];
  for (const trigger of triggers) {
    const [first, second] = trigger.tokenize(model.tokenizer);
    const isText = trigger.values.every((value) => typeof value === 'string');
    if (first === undefined) continue;
    if (isText) endTexts.push(trigger.toString());
    else if (second === undefined || model.isSpecialToken(first)) endTokens.add(first);
  }
  return { endTokens, endTexts };
}
