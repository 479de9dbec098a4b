/** What can be done with an offered model now: get it, use it, or wait for it. */
import type { OfferedModel } from '../../../electron/ipc/models.ts';
import { formatBytes } from '../../format/numbers.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';

interface Props {
  readonly offer: OfferedModel;
  readonly isMain?: boolean;
  /** Told before a button takes itself away. */
  readonly onPress: (button: HTMLElement) => void;
}

/** Nothing while it is being fetched. */
export function OfferAction({ offer, isMain = false, onPress }: Props) {
  const { downloadModel, useModel: pick } = useActions();
  const { id, name, sizeBytes, modelId, download, fit } = offer;
  const isUsed = useApp(({ snapshot }) => snapshot?.model.current?.id === modelId);
  const size = formatBytes(sizeBytes);
  const look = isMain ? 'primary' : 'plain';
  if (download) return null;
  if (modelId !== null) {
    return isUsed ? (
      <span className="badge">In use</span>
    ) : (
      <Button
        look={look}
        aria-label={`Use ${name}`}
        onClick={({ currentTarget }) => {
          onPress(currentTarget);
          void pick(modelId);
        }}
      >
        Use
      </Button>
    );
  }
  return (
    <Button
      look={fit.verdict === 'too-large' ? 'quiet' : look}
      aria-label={isMain ? `Download ${size}: ${name}` : `Download: ${name}, ${size}`}
      onClick={({ currentTarget }) => {
        onPress(currentTarget);
        void downloadModel(id);
      }}
    >
      {isMain ? `Download ${size}` : 'Download'}
    </Button>
  );
}
