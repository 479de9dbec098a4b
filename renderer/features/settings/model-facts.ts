/** What is worth knowing about a model file, as names and values. */
import type { ModelInfo } from '../../../electron/ipc/snapshot.ts';
import { formatBytes, formatCount, formatParameters } from '../../format/numbers.ts';
import type { Fact } from '../../ui/Facts.tsx';

export function modelFacts(model: ModelInfo): readonly Fact[] {
  return [
    { name: 'Size', value: formatBytes(model.sizeBytes) },
    {
      name: 'Parameters',
      value: model.parameterCount === null ? null : formatParameters(model.parameterCount),
    },
    { name: 'Quantisation', value: model.quantisation ?? 'Not stated' },
    { name: 'Architecture', value: model.architecture },
    {
      name: 'Trained context',
      value:
        model.contextTokens === null ? 'Not stated' : `${formatCount(model.contextTokens)} tokens`,
    },
    {
      name: 'Chat template',
      value: model.hasChatTemplate ? 'Included' : 'None; it continues text and does not answer',
    },
    { name: 'Licence', value: model.licence ?? 'Not stated' },
    { name: 'File', value: model.isStarter ? 'Comes with Lull' : model.path },
  ];
}
