/** The models that were chosen for Lull, each with how it would run here; those that cannot are folded away. */
import type { OfferedModel } from '../../../electron/ipc/models.ts';
import { useApp } from '../../store/use-app.tsx';
import { Card } from '../../ui/Card.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';
import { DownloadBlock } from './DownloadBlock.tsx';
import { FitLine } from './FitBadge.tsx';
import { factsLine } from './model-words.ts';
import { catalogueOf, recommendedOf } from './models-view.ts';
import { OfferAction } from './OfferAction.tsx';

export function CatalogueCard() {
  const models = useApp((state) => state.snapshot?.models);
  const aboveId = useApp(({ snapshot }) => (snapshot ? recommendedOf(snapshot)?.id : null) ?? null);
  if (!models) return null;
  const offers = catalogueOf(models);
  const runnable = offers.filter((offer) => !isOutOfReach(offer));
  const tooLarge = offers.filter(isOutOfReach);
  return (
    <Card title="Catalogue">
      <p className="quiet">
        A few models that were chosen for Lull. Each is compared with its published fingerprint,
        byte by byte, before it is opened.
      </p>
      {models.failure ? <FailureNote failure={models.failure} /> : null}
      {offers.length === 0 && !models.failure ? (
        <p className="quiet">The catalogue is being read.</p>
      ) : null}
      <OfferList name="Catalogue" offers={runnable} aboveId={aboveId} />
      {tooLarge.length > 0 ? (
        <details className="too-large">
          <summary>Too large for this computer ({tooLarge.length})</summary>
          <OfferList name="Too large for this computer" offers={tooLarge} aboveId={aboveId} />
        </details>
      ) : null}
    </Card>
  );
}

/** One that somebody has or fetches all the same is not hidden. */
function isOutOfReach({ fit, download, modelId }: OfferedModel): boolean {
  return fit.verdict === 'too-large' && download === null && modelId === null;
}

interface ListProps {
  readonly name: string;
  readonly offers: readonly OfferedModel[];
  /** The one that has a card of its own; null when there is none. */
  readonly aboveId: string | null;
}

function OfferList({ name, offers, aboveId }: ListProps) {
  if (offers.length === 0) return null;
  return (
    <ul className="offers" aria-label={name}>
      {offers.map((offer) => (
        <OfferRow key={offer.id} offer={offer} isAbove={offer.id === aboveId} />
      ))}
    </ul>
  );
}

interface RowProps {
  readonly offer: OfferedModel;
  /** Whether it is offered in a card of its own, so that its buttons are there. */
  readonly isAbove: boolean;
}

function OfferRow({ offer, isAbove }: RowProps) {
  const { target, onPress } = useKeptFocus<HTMLLIElement>();
  const { name, why, fit, download, isRecommended } = offer;
  return (
    <li ref={target} className="offer" tabIndex={-1}>
      <p className="offer-name">
        {name}
        {isRecommended ? <span className="badge">Recommended</span> : null}
      </p>
      <div className="offer-action">
        {isAbove ? (
          <span className="quiet">See above</span>
        ) : (
          <OfferAction offer={offer} onPress={onPress} />
        )}
      </div>
      <p className="quiet model-facts">{factsLine(offer)}</p>
      <p className="offer-why">{why}</p>
      <FitLine fit={fit} withWhy />
      {download && !isAbove ? <DownloadBlock {...{ offer, download, onPress }} /> : null}
    </li>
  );
}
