/** The models this computer knows: the test model, and every file its owner has opened. */
import { isAbsolute } from 'node:path';
import type { ModelInfo } from '../ipc/snapshot.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import type { InspectModel, LibraryStore } from './ports.ts';

export const STARTER_ID = 'starter';

/** The most files kept on the list. */
const MAX_KNOWN = 50;

export interface ModelLibrary {
  current(): ModelInfo | null;
  known(): readonly ModelInfo[];
  /** Reads the list from disk. Files that are gone or damaged stay on disk's list and are returned. */
  load(): Promise<readonly { readonly path: string; readonly error: AppError }[]>;
  setStarter(starter: ModelInfo): void;
  /** Checks the file, puts it on the list and makes it current. @throws AppError with the reason. */
  open(path: string): Promise<ModelInfo>;
  /** @throws AppError `model-missing` for one that is not known. */
  use(id: string): ModelInfo;
  forget(id: string): void;
}

export interface LibraryPorts {
  readonly store: LibraryStore;
  readonly inspect: InspectModel;
  readonly onChange: (current: ModelInfo | null, known: readonly ModelInfo[]) => void;
}

export function createModelLibrary(ports: LibraryPorts): ModelLibrary {
  const { store, inspect, onChange } = ports;
  const models = new Map<string, ModelInfo>();
  /** On the list but not readable now, on a drive that is not plugged in for example. */
  let absentPaths: readonly string[] = [];
  let currentId = store.read().currentModelId;

  const current = (): ModelInfo | null => models.get(currentId) ?? models.get(STARTER_ID) ?? null;
  const known = (): readonly ModelInfo[] => [...models.values()];
  const changed = (): void => {
    onChange(current(), known());
  };
  const files = (): string[] => [...models.keys()].filter((id) => id !== STARTER_ID);

  function select(id: string, paths: readonly string[]): void {
    store.write([...paths, ...absentPaths].slice(0, MAX_KNOWN), id);
    currentId = id;
  }

  return {
    current,
    known,
    async load() {
      const failures: { path: string; error: AppError }[] = [];
      for (const path of store.read().modelPaths) {
        try {
          models.set(path, { ...(await inspect(path)), id: path });
        } catch (error) {
          failures.push({ path, error: toAppError(error) });
        }
      }
      absentPaths = failures.map(({ path }) => path);
      changed();
      return failures;
    },
    setStarter(starter) {
      models.set(STARTER_ID, { ...starter, id: STARTER_ID, isStarter: true });
      changed();
    },
    async open(path) {
      if (!isAbsolute(path)) {
        throw new AppError('model-missing', {
          details: `"${path}" is not a file on this computer.`,
        });
      }
      const model = { ...(await inspect(path)), id: path };
      absentPaths = absentPaths.filter((absent) => absent !== path);
      select(path, [path, ...files().filter((id) => id !== path)]);
      models.delete(path);
      models.set(path, model);
      changed();
      return model;
    },
    use(id) {
      const model = models.get(id);
      if (!model) throw new AppError('model-missing', { details: id });
      select(id, files());
      changed();
      return model;
    },
    forget(id) {
      if (id === STARTER_ID || !models.has(id)) throw new AppError('not-found', { details: id });
      const rest = files().filter((other) => other !== id);
      select(currentId === id ? STARTER_ID : currentId, rest);
      models.delete(id);
      changed();
    },
  };
}
