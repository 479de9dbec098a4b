/** A download on its way: how far it is, and the ways to stop it for a while or for good. */
import { useState } from 'react';
import type { Download, OfferedModel } from '../../../electron/ipc/models.ts';
import { formatBytes } from '../../format/numbers.ts';
import { useActions } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { downloadLine, downloadShare } from './model-words.ts';
import { isCopy } from './models-view.ts';

interface Props {
  readonly offer: OfferedModel;
  readonly download: Download;
  /** Told before a button takes itself away. */
  readonly onPress: (button: HTMLElement) => void;
}

export function DownloadBlock({ offer, download, onPress }: Props) {
  const { removeModel } = useActions();
  // Kept here, so that the question stays when a download fails while it is asked.
  const [isAsking, setIsAsking] = useState(false);
  const { id, name } = offer;
  return (
    <>
      <DownloadState
        {...{ offer, download, onPress }}
        onAsk={() => {
          setIsAsking(true);
        }}
      />
      {isAsking ? (
        <CancelDialog
          name={name}
          doneBytes={download.doneBytes}
          onClose={() => {
            setIsAsking(false);
          }}
          onCancel={() => void removeModel(id)}
        />
      ) : null}
    </>
  );
}

interface StateProps extends Props {
  readonly onAsk: () => void;
}

function DownloadState({ offer, download, onPress, onAsk }: StateProps) {
  const { state, failure } = download;
  const buttons = <DownloadButtons {...{ offer, download, onPress, onAsk }} />;
  if (state === 'failed' && failure) {
    return (
      <div className="download">
        <FailureNote failure={failure}>{buttons}</FailureNote>
      </div>
    );
  }
  return (
    <div className={`download download-${state}`}>
      <Progress label={`Download of ${offer.name}`} value={downloadShare(download)} />
      <div className="download-row">
        <p className="download-line">{downloadLine(download)}</p>
        <div className="download-actions">{buttons}</div>
      </div>
    </div>
  );
}

function DownloadButtons({ offer, download, onPress, onAsk }: StateProps) {
  const { removeModel } = useActions();
  const { id, name } = offer;
  const hasSomething = download.doneBytes > 0 && !isCopy(offer);
  return (
    <>
      <GoOnButton {...{ offer, download, onPress }} />
      <Button
        className="button-small"
        look="quiet"
        aria-label={`Cancel the download of ${name}`}
        onClick={({ currentTarget }) => {
          onPress(currentTarget);
          if (hasSomething) onAsk();
          else void removeModel(id);
        }}
      >
        {hasSomething ? 'Cancel…' : 'Cancel'}
      </Button>
    </>
  );
}

/** One button that stays where it is, so that the keyboard does too. */
function GoOnButton({ offer, download: { state, failure }, onPress }: Props) {
  const { downloadModel, pauseDownload } = useActions();
  if (state === 'verifying' || isCopy(offer)) return null;
  const isStopped = state === 'paused' || state === 'failed';
  // The sentence of some failures names the button.
  const isKept = state === 'paused' || failure?.code === 'download-failed';
  const word = isStopped ? (isKept ? 'Resume' : 'Try again') : 'Pause';
  return (
    <Button
      className="button-small"
      aria-label={`${word}: ${offer.name}`}
      onClick={({ currentTarget }) => {
        onPress(currentTarget);
        void (isStopped ? downloadModel(offer.id) : pauseDownload(offer.id));
      }}
    >
      {word}
    </Button>
  );
}

interface CancelProps {
  readonly name: string;
  readonly doneBytes: number;
  readonly onClose: () => void;
  readonly onCancel: () => void;
}

function CancelDialog({ name, doneBytes, onClose, onCancel }: CancelProps) {
  return (
    <Dialog
      title={`Cancel the download of ${name}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            look="danger"
            onClick={() => {
              onClose();
              onCancel();
            }}
          >
            Cancel the download
          </Button>
        </>
      }
    >
      <p>
        The {formatBytes(doneBytes)} that have arrived are deleted. To stop for a while only, pause
        it instead.
      </p>
    </Dialog>
  );
}
