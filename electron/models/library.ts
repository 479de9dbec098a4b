/** The models this computer knows: the test model, and every file its owner has opened. */
import { isAbsolute } from 'node:path';
import type { ModelInfo } from '../ipc/snapshot.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import type { InspectModel, LibraryStore } from './ports.ts';
import { shownPath } from './printable.ts';

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
  /** As `open`, but what the owner chose stays current; the test model gives way. @throws AppError with the reason. */
  add(path: string): Promise<ModelInfo>;
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
  /** The list, newest first, with the files that were not read yet or are away, on another drive for example. */
  let paths = store.read().modelPaths;
  let currentId = store.read().currentModelId;
  let starter: ModelInfo | null = null;
  const models = new Map<string, ModelInfo>();

  const find = (id: string): ModelInfo | null =>
    id === STARTER_ID ? starter : (models.get(id) ?? null);
  const current = (): ModelInfo | null => find(currentId) ?? starter;
  const known = (): readonly ModelInfo[] =>
    [STARTER_ID, ...paths].map(find).filter((model) => model !== null);
  const changed = (): void => {
    onChange(current(), known());
  };

  function save(nextPaths: readonly string[], nextId: string): void {
    store.write(nextPaths, nextId);
    paths = nextPaths;
    currentId = nextId;
  }

  async function read(path: string): Promise<ModelInfo> {
    if (isOnAnotherComputer(path, process.platform)) {
      throw new AppError('model-missing', { details: 'Copy the file to this computer first.' });
    }
    if (!isAbsolute(path)) {
      const details = `"${shownPath(path)}" is not a file on this computer.`;
      throw new AppError('model-missing', { details });
    }
    return { ...(await inspect(path)), id: path };
  }

  async function put(path: string, isChosen: boolean): Promise<ModelInfo> {
    const model = await read(path);
    const others = paths.filter((other) => other !== path);
    const isFirst = currentId === STARTER_ID;
    save([path, ...others].slice(0, MAX_KNOWN), isChosen || isFirst ? path : currentId);
    models.set(path, model);
    changed();
    return model;
  }

  return {
    current,
    known,
    async load() {
      const failures: { path: string; error: AppError }[] = [];
      /** Opened or forgotten while its file was being read. */
      const isSettled = (path: string) => models.has(path) || !paths.includes(path);
      for (const path of paths) {
        try {
          const model = await read(path);
          if (!isSettled(path)) models.set(path, model);
        } catch (error) {
          if (!isSettled(path)) failures.push({ path, error: toAppError(error) });
        }
      }
      changed();
      return failures;
    },
    setStarter(model) {
      starter = { ...model, id: STARTER_ID, isStarter: true };
      changed();
    },
    open: (path) => put(path, true),
    add: (path) => put(path, false),
    use(id) {
      const model = known().find((candidate) => candidate.id === id);
      if (!model) throw new AppError('model-missing', { details: shownPath(id) });
      save(paths, id);
      changed();
      return model;
    },
    forget(id) {
      if (!models.has(id)) throw new AppError('not-found', { details: shownPath(id) });
      const rest = paths.filter((other) => other !== id);
      save(rest, currentId === id ? STARTER_ID : currentId);
      models.delete(id);
      changed();
    },
  };
}

/**
 * Whether a path leads to another computer or a device. Windows logs on to the computer that such a path names,
 * and hands it the account's password hash, as soon as somebody looks whether the file is there.
 */
export function isOnAnotherComputer(path: string, platform: NodeJS.Platform): boolean {
  const text = platform === 'win32' ? path.replaceAll('/', '\\') : path;
  return text.startsWith('\\\\') || text.startsWith('\\??\\');
}
