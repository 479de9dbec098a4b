/** What models take on the disk as one bar, what is left over, and the way into the folder. */
import { useState } from 'react';
import type { Models } from '../../../electron/ipc/models.ts';
import type { ModelInfo } from '../../../electron/ipc/snapshot.ts';
import { formatBytes } from '../../format/numbers.ts';
import { countOf } from '../../format/receipt-words.ts';
import { useActions } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { diskParts } from './disk-parts.ts';

interface Props {
  readonly disk: Models['disk'];
  readonly known: readonly ModelInfo[];
  /** Told before a button takes itself away. */
  readonly onPress: (button: HTMLElement) => void;
}

/** Nothing before the folder was looked at. */
export function DiskUse({ disk, known, onPress }: Props) {
  const { openModelsFolder } = useActions();
  if (disk.usedBytes + disk.freeBytes === 0) return null;
  const parts = diskParts(disk, known);
  return (
    <>
      <h3>Disk</h3>
      <div className="disk-bar" aria-hidden="true">
        {parts.map(({ key, bytes }) =>
          bytes === 0 ? null : (
            <span key={key} className={`disk-fill disk-${key}`} style={{ flexGrow: bytes }} />
          ),
        )}
      </div>
      <ul className="disk-legend" aria-label="Disk use">
        {parts.map(({ key, name, bytes }) => (
          <li key={key}>
            <span className={`disk-swatch disk-${key}`} aria-hidden="true" />
            {name} <span className="disk-amount">{formatBytes(bytes)}</span>
          </li>
        ))}
      </ul>
      <div className="disk-actions">
        <Button
          className="button-small"
          title={disk.folder}
          onClick={() => void openModelsFolder()}
        >
          Open folder
        </Button>
        {disk.leftovers.length > 0 ? (
          <CleanUp leftovers={disk.leftovers} onPress={onPress} />
        ) : null}
      </div>
    </>
  );
}

/** More names than this are a number. */
const MOST_NAMED = 6;

interface CleanUpProps {
  readonly leftovers: Models['disk']['leftovers'];
  readonly onPress: (button: HTMLElement) => void;
}

function CleanUp({ leftovers, onPress }: CleanUpProps) {
  const { cleanUpModels } = useActions();
  const [isAsking, setIsAsking] = useState(false);
  const close = () => {
    setIsAsking(false);
  };
  return (
    <>
      <Button
        className="button-small"
        onClick={({ currentTarget }) => {
          onPress(currentTarget);
          setIsAsking(true);
        }}
      >
        Clean up…
      </Button>
      <span className="quiet">
        {countOf(leftovers.length, 'file')} in the folder{' '}
        {leftovers.length === 1 ? 'belongs' : 'belong'} to no model.
      </span>
      {isAsking ? (
        <Dialog
          title="Delete what belongs to no model?"
          onClose={close}
          actions={
            <>
              <Button onClick={close}>Cancel</Button>
              <Button
                look="danger"
                onClick={() => {
                  close();
                  void cleanUpModels();
                }}
              >
                Delete {countOf(leftovers.length, 'file')}
              </Button>
            </>
          }
        >
          <ul className="leftovers" aria-label="What would be deleted">
            {leftovers.slice(0, MOST_NAMED).map(({ name, sizeBytes }) => (
              <li key={name}>
                {name} <span className="quiet">{formatBytes(sizeBytes)}</span>
              </li>
            ))}
          </ul>
          {leftovers.length > MOST_NAMED ? (
            <p className="quiet">And {countOf(leftovers.length - MOST_NAMED, 'more file')}.</p>
          ) : null}
        </Dialog>
      ) : null}
    </>
  );
}
