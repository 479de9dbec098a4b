/** A file that the model hub has. */
import type { FoundFile } from '../../../electron/ipc/models.ts';
import { formatBytes } from '../../format/numbers.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';
import { downloadLine, foundLine } from './model-words.ts';
import { FitLine } from './FitBadge.tsx';
import { OfferAction } from './OfferAction.tsx';

export function FoundRow({ file }: { readonly file: FoundFile }) {
  const { target, onPress } = useKeptFocus<HTMLLIElement>();
  const { downloadFound } = useActions();
  const { id, fileName, repository, fit } = file;
  const offer = useApp(({ snapshot }) => snapshot?.models.offered.find((each) => each.id === id));
  return (
    <li ref={target} className="offer" tabIndex={-1}>
      <p className="offer-name">{fileName}</p>
      <div className="offer-action">
        {offer ? (
          <OfferAction offer={offer} onPress={onPress} />
        ) : (
          <Button
            look={fit.verdict === 'too-large' ? 'quiet' : 'plain'}
            aria-label={`Download: ${fileName}, ${formatBytes(file.sizeBytes)}`}
            onClick={({ currentTarget }) => {
              onPress(currentTarget);
              void downloadFound(id);
            }}
          >
            Download
          </Button>
        )}
      </div>
      <p className="quiet model-facts">
        {repository} · {foundLine(file)}
      </p>
      <FitLine fit={fit} withWhy />
      {offer?.download ? (
        <p className="quiet model-why">
          {downloadLine(offer.download)} · It is listed under On this computer.
        </p>
      ) : null}
    </li>
  );
}
