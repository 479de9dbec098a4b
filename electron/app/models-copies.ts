/** Copies model files of the owner's into the folder of models. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { ModelInfo } from '../ipc/snapshot.ts';
import type { ModelLibrary } from '../models/library.ts';
import { inspectModel } from '../models/model-file.ts';
import type { ModelFolder } from '../models/model-folder.ts';
import { AppError } from '../platform/app-error.ts';
import { partsOf } from './models-disk.ts';
import type { CopyUnderWay } from './models-view.ts';

export interface Copies {
  list(): readonly CopyUnderWay[];
  /** Copies the file and opens the copy; one that lies in the folder is only opened. @throws AppError why not */
  importFile(source: string): Promise<ModelInfo>;
  /** @returns whether there was one */
  stop(id: string): boolean;
  dispose(): void;
}

export interface CopiesPorts {
  readonly folder: ModelFolder;
  readonly library: Pick<ModelLibrary, 'open'>;
  /** Names that downloads have or may get: a file of the owner's must not be taken for one of them. */
  readonly reserved: () => readonly string[];
  readonly onProgress: () => void;
  readonly onEnd: () => void;
}

const ID_HEX_DIGITS = 24;

export function createCopies(ports: CopiesPorts): Copies {
  const { folder, library, onProgress, onEnd } = ports;
  const running = new Map<string, CopyUnderWay>();
  const aborts = new Map<string, AbortController>();

  async function copy(source: string): Promise<ModelInfo> {
    const copied = [...running.values()].map(({ fileName }) => fileName);
    const taken = new Set([...ports.reserved(), ...copied]);
    const fileName = await folder.freeName(plainName(source), taken);
    const id = copyId(fileName);
    const abort = new AbortController();
    aborts.set(id, abort);
    const put = (doneBytes: number, totalBytes: number): void => {
      running.set(id, { id, fileName, doneBytes, totalBytes });
      onProgress();
    };
    put(0, 1);
    try {
      const path = await folder.copyIn({
        source,
        name: fileName,
        signal: abort.signal,
        onProgress: put,
        check: inspectModel,
      });
      return await library.open(path);
    } finally {
      running.delete(id);
      aborts.delete(id);
      onEnd();
    }
  }

  return {
    list: () => [...running.values()],
    async importFile(source) {
      const { isStarter } = await inspectModel(source);
      if (isStarter || folder.holds(source)) return library.open(source);
      if (partsOf(source).length > 1) {
        const details = 'It is split over several files: open it where it is, without copying.';
        throw new AppError('bad-request', { details });
      }
      return copy(source);
    },
    stop(id) {
      aborts.get(id)?.abort();
      return aborts.has(id);
    },
    dispose() {
      for (const abort of aborts.values()) abort.abort();
    },
  };
}

/** Signs that part a path on one system or another are letters of a name elsewhere. */
function plainName(path: string): string {
  return basename(path).replaceAll(/[\\:]/g, '-');
}

function copyId(fileName: string): string {
  return `copy:${createHash('sha256').update(fileName).digest('hex').slice(0, ID_HEX_DIGITS)}`;
}
