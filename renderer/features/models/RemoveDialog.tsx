/** Asks how a model shall go: off the list only, or with its file. */
import { useState } from 'react';
import type { ModelInfo } from '../../../electron/ipc/snapshot.ts';
import { formatBytes } from '../../format/numbers.ts';
import { useActions } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { isInFolder } from './models-view.ts';

interface Props {
  readonly model: ModelInfo;
  readonly folder: string;
  readonly isUsed: boolean;
  readonly onClose: () => void;
}

type Way = 'file' | 'list';

export function RemoveDialog({ model, folder, isUsed, onClose }: Props) {
  const { forgetModel, removeModel } = useActions();
  const isOwn = isInFolder(model, folder);
  const [way, setWay] = useState<Way>(isOwn ? 'file' : 'list');
  const { id, name } = model;
  return (
    <Dialog
      title={`Remove ${name}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="danger"
            onClick={() => {
              onClose();
              void (way === 'file' ? removeModel(id) : forgetModel(id));
            }}
          >
            {way === 'file' ? 'Delete the file' : 'Take it off the list'}
          </Button>
        </>
      }
    >
      {isOwn ? (
        <Choices legend="What shall go" options={waysFor(model)} chosen={way} onChoose={setWay} />
      ) : (
        <p>It is taken off the list. Its file is not Lull’s and stays where it is: {model.path}</p>
      )}
      {isUsed ? <p className="dialog-note">It is in use. The test model takes its place.</p> : null}
    </Dialog>
  );
}

function waysFor({ sizeBytes }: ModelInfo) {
  return [
    {
      value: 'file' as const,
      name: 'The model and its file',
      about: `Frees ${formatBytes(sizeBytes)}. To use it again, it has to be downloaded again.`,
    },
    {
      value: 'list' as const,
      name: 'Only its place on the list',
      about: 'The file stays in the folder, and counts as a leftover until it is taken up again.',
    },
  ];
}
