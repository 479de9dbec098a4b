/** Lets a model file be dropped anywhere on the window. */
import { useEffect, useState } from 'react';
import { useActions } from '../../store/use-app.tsx';
import { FileIcon } from '../../ui/icons.tsx';

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') === true;
}

export function DropZone() {
  const { openDroppedModel } = useActions();
  const [over, setOver] = useState(false);
  useEffect(() => {
    // Entering a child is reported before leaving its parent: only the balance tells whether it is still inside.
    let depth = 0;
    const show = (change: number) => {
      depth = Math.max(0, depth + change);
      setOver(depth > 0);
    };
    const onEnter = (event: DragEvent) => {
      if (carriesFiles(event)) show(1);
    };
    const onLeave = (event: DragEvent) => {
      if (carriesFiles(event)) show(-1);
    };
    const onOver = (event: DragEvent) => {
      if (carriesFiles(event)) event.preventDefault();
    };
    const onDrop = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      show(-depth);
      const file = event.dataTransfer?.files[0];
      if (file) void openDroppedModel(file);
    };
    const stop = new AbortController();
    const { signal } = stop;
    window.addEventListener('dragenter', onEnter, { signal });
    window.addEventListener('dragleave', onLeave, { signal });
    window.addEventListener('dragover', onOver, { signal });
    window.addEventListener('drop', onDrop, { signal });
    return () => {
      stop.abort();
    };
  }, [openDroppedModel]);
  if (!over) return null;
  return (
    <div className="drop-zone">
      <div className="drop-card">
        <FileIcon />
        <p>Drop a .gguf model file to open it</p>
      </div>
    </div>
  );
}
