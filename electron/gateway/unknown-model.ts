/** The refusal of a model name, which lists the names that would have worked. */
import { AppError } from '../platform/app-error.ts';
import type { ListedModel } from './ports.ts';

/** The name asked for is not repeated: the caller knows it, and it may be as long as they like. */
export function unknownModel(models: readonly ListedModel[]): AppError {
  const names = models.map((model) => `'${model.id}'`).join(', ');
  const details =
    names === ''
      ? 'That model does not exist here, and none is loaded.'
      : `That model does not exist here; available: ${names}.`;
  return new AppError('not-found', { details });
}
