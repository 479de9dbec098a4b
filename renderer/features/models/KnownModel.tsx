/** A model that is here: what it is, how it runs, and the two ways to be rid of it. */
import { useState } from 'react';
import type { Fit } from '../../../electron/ipc/models.ts';
import type { ModelInfo } from '../../../electron/ipc/snapshot.ts';
import { useActions } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { FitLine } from './FitBadge.tsx';
import { factsLine } from './model-words.ts';
import { RemoveDialog } from './RemoveDialog.tsx';

interface Props {
  readonly model: ModelInfo;
  /** Null while it is not known. */
  readonly fit: Fit | null;
  readonly folder: string;
  readonly isUsed: boolean;
  /** Told before a button takes itself away. */
  readonly onPress: (button: HTMLElement) => void;
}

export function KnownModel({ model, fit, folder, isUsed, onPress }: Props) {
  const { useModel: pick } = useActions();
  const [isAsking, setIsAsking] = useState(false);
  const { id, name, isStarter } = model;
  return (
    <li aria-current={isUsed ? 'true' : undefined}>
      <div className="model-row">
        <p className="offer-name">
          {name}
          {isUsed ? <span className="badge">In use</span> : null}
          {isStarter ? <span className="badge badge-plain">Test model</span> : null}
        </p>
        <p className="quiet model-facts">
          {isStarter ? 'Comes with Lull and talks nonsense · ' : null}
          {factsLine(model)}
        </p>
        {fit ? <FitLine fit={fit} /> : null}
      </div>
      {isUsed ? null : (
        <Button
          aria-label={`Use ${name}`}
          onClick={({ currentTarget }) => {
            onPress(currentTarget);
            void pick(id);
          }}
        >
          Use
        </Button>
      )}
      {isStarter ? null : (
        <Button
          look="quiet"
          aria-label={`Remove ${name}`}
          onClick={({ currentTarget }) => {
            onPress(currentTarget);
            setIsAsking(true);
          }}
        >
          Remove…
        </Button>
      )}
      {isAsking ? (
        <RemoveDialog
          {...{ model, folder, isUsed }}
          onClose={() => {
            setIsAsking(false);
          }}
        />
      ) : null}
    </li>
  );
}
