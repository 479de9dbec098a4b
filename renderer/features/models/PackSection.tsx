/** Packs: parts of Lull that only some computers can use, with what each brings or why it is not for this one. */
import { useState } from 'react';
import type { Download, Pack } from '../../../electron/ipc/models.ts';
import { formatBytes } from '../../format/numbers.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';
import { downloadLine, downloadShare } from './model-words.ts';

const ANCHOR = 'packs';

export function PackSection() {
  const packs = useApp((state) => state.snapshot?.models.packs);
  const { onPress } = useKeptFocus<HTMLElement>(ANCHOR);
  if (!packs || packs.length === 0) return null;
  return (
    <Card title="Packs" anchor={ANCHOR}>
      <ul className="offers" aria-label="Packs">
        {packs.map((pack) => (
          <PackRow key={pack.id} pack={pack} onPress={onPress} />
        ))}
      </ul>
    </Card>
  );
}

interface Props {
  readonly pack: Pack;
  /** Told before a button takes itself away. */
  readonly onPress: (button: HTMLElement) => void;
}

function PackRow({ pack, onPress }: Props) {
  const { downloadModel } = useActions();
  const { id, title, sizeBytes, state, download, isOffered, why } = pack;
  const size = formatBytes(sizeBytes);
  return (
    <li className="offer">
      <p className="offer-name">
        {title}
        {state === 'installed' ? <span className="badge">Installed</span> : null}
      </p>
      <div className="offer-action">
        {state === 'absent' && isOffered ? (
          <Button
            aria-label={`Download: ${title}, ${size}`}
            onClick={({ currentTarget }) => {
              onPress(currentTarget);
              void downloadModel(id);
            }}
          >
            Download {size}
          </Button>
        ) : null}
        {state === 'installed' ? <RemoveButton pack={pack} onPress={onPress} /> : null}
      </div>
      <p className="quiet offer-why">{why}</p>
      {download ? <OnItsWay {...{ pack, download, onPress }} /> : null}
    </li>
  );
}

interface OnItsWayProps extends Props {
  readonly download: Download;
}

function OnItsWay({ pack, download, onPress }: OnItsWayProps) {
  const { failure } = download;
  const buttons = (
    <>
      <GoOnButton {...{ pack, download, onPress }} />
      <RemoveButton pack={pack} onPress={onPress} />
    </>
  );
  if (download.state === 'failed' && failure) {
    return (
      <div className="download">
        <FailureNote failure={failure}>{buttons}</FailureNote>
      </div>
    );
  }
  return (
    <div className={`download download-${download.state}`}>
      <Progress label={`Download of ${pack.title}`} value={downloadShare(download)} />
      <div className="download-row">
        <p className="download-line">{downloadLine(download)}</p>
        <div className="download-actions">{buttons}</div>
      </div>
    </div>
  );
}

/** One button that stays where it is, so that the keyboard does too. */
function GoOnButton({ pack: { id, title }, download: { state, failure }, onPress }: OnItsWayProps) {
  const { downloadModel, pauseDownload } = useActions();
  if (state === 'verifying') return null;
  const isStopped = state === 'paused' || state === 'failed';
  // The sentence of some failures names the button.
  const isKept = state === 'paused' || failure?.code === 'download-failed';
  const word = isStopped ? (isKept ? 'Resume' : 'Try again') : 'Pause';
  return (
    <Button
      className="button-small"
      aria-label={`${word}: ${title}`}
      onClick={({ currentTarget }) => {
        onPress(currentTarget);
        void (isStopped ? downloadModel(id) : pauseDownload(id));
      }}
    >
      {word}
    </Button>
  );
}

/** Also for what has only begun to arrive. */
function RemoveButton({ pack, onPress }: Props) {
  const [isAsking, setIsAsking] = useState(false);
  const { title, state } = pack;
  const word = state === 'installed' ? 'Remove' : 'Cancel';
  return (
    <>
      <Button
        look="quiet"
        className="button-small"
        aria-label={`${word}: ${title}`}
        onClick={({ currentTarget }) => {
          onPress(currentTarget);
          setIsAsking(true);
        }}
      >
        {word}…
      </Button>
      {isAsking ? (
        <RemovePackDialog
          pack={pack}
          onClose={() => {
            setIsAsking(false);
          }}
        />
      ) : null}
    </>
  );
}

interface DialogProps {
  readonly pack: Pack;
  readonly onClose: () => void;
}

export function RemovePackDialog({ pack, onClose }: DialogProps) {
  const { removeModel } = useActions();
  const { id, title, state, sizeBytes } = pack;
  const isInstalled = state === 'installed';
  return (
    <Dialog
      title={isInstalled ? `Remove ${title}?` : `Cancel the download of ${title}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            look="danger"
            onClick={() => {
              onClose();
              void removeModel(id);
            }}
          >
            {isInstalled ? 'Remove' : 'Cancel the download'}
          </Button>
        </>
      }
    >
      <p>
        {isInstalled
          ? `An answer that is being written ends, and Lull tests again what this computer can use. To have it back means ${formatBytes(sizeBytes)} of download.`
          : 'What has arrived is deleted. To stop for a while only, pause it instead.'}
      </p>
    </Dialog>
  );
}
