/** The one model to begin with on this computer, and why, for as long as there is no real one. */
import type { OfferedModel } from '../../../electron/ipc/models.ts';
import { useApp } from '../../store/use-app.tsx';
import { Card } from '../../ui/Card.tsx';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';
import { DownloadBlock } from './DownloadBlock.tsx';
import { FitLine } from './FitBadge.tsx';
import { LIBRARY_ID } from './LibraryCard.tsx';
import { factsLine } from './model-words.ts';
import { recommendedOf } from './models-view.ts';
import { OfferAction } from './OfferAction.tsx';

export function RecommendedCard() {
  const offer = useApp(({ snapshot }) => (snapshot ? recommendedOf(snapshot) : null));
  // Once its model is in use the card goes away, and the list below has it.
  const { target, onPress } = useKeptFocus<HTMLDivElement>(LIBRARY_ID);
  if (!offer) return null;
  const { name, recommendation, why, fit, download } = offer;
  return (
    <Card title="Recommended for this computer">
      <div ref={target} className="recommended" tabIndex={-1}>
        <div className="recommended-body">
          <p className="model-name">{name}</p>
          <p>{recommendation ?? why}</p>
          <p className="quiet model-facts">{factsLine(offer)}</p>
          <FitLine fit={fit} />
        </div>
        <OfferAction offer={offer} isMain onPress={onPress} />
        {download ? <DownloadBlock {...{ offer, download, onPress }} /> : null}
      </div>
      <p className="quiet recommended-note">{noteFor(offer)}</p>
    </Card>
  );
}

function noteFor({ download, modelId }: OfferedModel): string {
  if (modelId !== null)
    return 'It is here and checked. Press Use, and your next question goes to it.';
  if (download) return 'You can go on chatting, or close Lull: it goes on where it stopped.';
  return 'How long it takes is known once it has begun. You can pause it at any time.';
}
