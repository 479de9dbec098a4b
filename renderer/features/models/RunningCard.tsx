/** How models are fetched and run: how much of the line a download may take, and how exact the context is kept. */
import type { KvType } from '../../../electron/ipc/snapshot.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Card } from '../../ui/Card.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { DownloadLimit } from './DownloadLimit.tsx';

const KV_TYPES: readonly {
  readonly value: KvType;
  readonly name: string;
  readonly about: string;
}[] = [
  {
    value: 'f16',
    name: 'Exact',
    about: 'As the model was made, with 16 bits for each number.',
  },
  {
    value: 'q8_0',
    name: 'Compact',
    about:
      'With 8 bits: half the memory for a conversation, and no faster on a processor; measured with the test model, 5 % of the likeliest next tokens are others, and log-probabilities change by 0.08 nats on average.',
  },
];

export function RunningCard() {
  const limit = useApp((state) => state.snapshot?.models.limitBytesPerSecond);
  const kvType = useApp((state) => state.snapshot?.settings.engine.kvType);
  const { setKvType } = useActions();
  if (limit === undefined || kvType === undefined) return null;
  return (
    <Card title="Downloading and running">
      <DownloadLimit limit={limit} />
      <Choices
        legend="How a conversation is kept in memory"
        options={KV_TYPES}
        chosen={kvType}
        onChoose={(next) => void setKvType(next)}
      />
      <p className="quiet">
        A change ends an answer that is being written; the next question loads the model again.
      </p>
    </Card>
  );
}
