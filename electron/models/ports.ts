/** What the model library needs from outside. */
import type { ModelInfo } from '../ipc/snapshot.ts';

export interface LibraryStore {
  read(): { readonly modelPaths: readonly string[]; readonly currentModelId: string };
  /** @throws AppError when it cannot be saved. */
  write(modelPaths: readonly string[], currentModelId: string): void;
}

/** Reads a file's header. @throws AppError with the reason when it is not a model Lull can run. */
export type InspectModel = (path: string) => Promise<ModelInfo>;
