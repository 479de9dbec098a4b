/** The models on this computer, those on their way here by their owner’s doing, and the disk they take. */
import type { OfferedModel } from '../../../electron/ipc/models.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';
import { DiskUse } from './DiskUse.tsx';
import { DownloadBlock } from './DownloadBlock.tsx';
import { KnownModel } from './KnownModel.tsx';
import { ownOnTheWay } from './models-view.ts';
import { OfferAction } from './OfferAction.tsx';

/** Where the keyboard goes on when a button elsewhere has gone. */
export const LIBRARY_ID = 'models-here';

export function LibraryCard() {
  const models = useApp((state) => state.snapshot?.models);
  const known = useApp((state) => state.snapshot?.model.known);
  const currentId = useApp((state) => state.snapshot?.model.current?.id);
  const { onPress } = useKeptFocus<HTMLElement>(LIBRARY_ID);
  const { chooseModel } = useActions();
  if (!models || !known) return null;
  const onTheWay = ownOnTheWay(models);
  return (
    <Card title="On this computer" anchor={LIBRARY_ID} actions={<FileButtons />}>
      {known.length === 0 ? (
        <p className="quiet">
          No model is here yet. Download one, or{' '}
          <button type="button" className="link" onClick={() => void chooseModel()}>
            open a GGUF file
          </button>{' '}
          that you have.
        </p>
      ) : (
        <ul className="model-list" aria-label="Models on this computer">
          {known.map((model) => (
            <KnownModel
              key={model.id}
              model={model}
              fit={models.fits[model.id] ?? null}
              folder={models.disk.folder}
              isUsed={model.id === currentId}
              onPress={onPress}
            />
          ))}
        </ul>
      )}
      {onTheWay.length > 0 ? <OnTheWay offers={onTheWay} onPress={onPress} /> : null}
      <DiskUse disk={models.disk} known={known} onPress={onPress} />
    </Card>
  );
}

function FileButtons() {
  const { chooseModel, importModel } = useActions();
  return (
    <>
      <Button
        className="button-small"
        title="Uses a .gguf file where it lies"
        onClick={() => void chooseModel()}
      >
        Open a file…
      </Button>
      <Button
        className="button-small"
        title="Copies a .gguf file into Lull’s own folder"
        onClick={() => void importModel()}
      >
        Import a file…
      </Button>
    </>
  );
}

interface OnTheWayProps {
  readonly offers: readonly OfferedModel[];
  readonly onPress: (button: HTMLElement) => void;
}

function OnTheWay({ offers, onPress }: OnTheWayProps) {
  return (
    <>
      <h3>Not here yet</h3>
      <ul className="offers" aria-label="Not here yet">
        {offers.map((offer) => (
          <OwnOffer key={offer.id} offer={offer} onPress={onPress} />
        ))}
      </ul>
    </>
  );
}

interface OwnOfferProps {
  readonly offer: OfferedModel;
  readonly onPress: (button: HTMLElement) => void;
}

/** Chosen by its owner; one that could not even begin stays to be tried again. */
function OwnOffer({ offer, onPress }: OwnOfferProps) {
  const { removeModel } = useActions();
  const { id, name, why, download } = offer;
  return (
    <li className="offer">
      <p className="offer-name">{name}</p>
      {download ? null : (
        <div className="offer-action">
          <OfferAction offer={offer} onPress={onPress} />
          <Button
            look="quiet"
            aria-label={`Remove ${name}`}
            onClick={({ currentTarget }) => {
              onPress(currentTarget);
              void removeModel(id);
            }}
          >
            Remove
          </Button>
        </div>
      )}
      <p className="quiet offer-why">{why}</p>
      {download ? <DownloadBlock {...{ offer, download, onPress }} /> : null}
    </li>
  );
}
