/** A model file without its weights: how prompts are written and texts are counted, where another server computes. */
import { AppError, toAppError } from '../platform/app-error.ts';
import type { Vocabulary } from './external-scheduler.ts';
import { openBackend } from './llama-backend-adapter.ts';
import { promptRules } from './llama-prompt-adapter.ts';

/** What most servers give one conversation, where neither the file nor its owner says anything else. */
const USUAL_CONTEXT_TOKENS = 8192;

/** @throws AppError `model-load-failed` */
export async function loadVocabulary(
  modelPath: string,
  contextTokens: number | null,
): Promise<Vocabulary> {
  try {
    const { llama } = await openBackend('cpu', () => undefined);
    const model = await llama.loadModel({ modelPath, vocabOnly: true });
    const rules = await promptRules(model);
    const trained = model.fileInfo.architectureMetadata.context_length ?? USUAL_CONTEXT_TOKENS;
    return {
      contextTokens: contextTokens ?? Math.min(trained, USUAL_CONTEXT_TOKENS),
      render: (turns) => rules.render(turns),
      // A piece of an answer: the space that some vocabularies put before every text would be one token more each time.
      tokenize: (text) => model.tokenize(text, false, 'trimLeadingSpace'),
    };
  } catch (error) {
    const known = toAppError(error);
    const details = known.details ?? known.message;
    throw new AppError('model-load-failed', { details, cause: error });
  }
}
