/** Starting with the owner's session: what has to be started, and whether the system does it. */
import { AppError } from '../platform/app-error.ts';

export interface LoginItem {
  /** As the system has it just now, whoever changed it. */
  isOn(): boolean;
  /** @throws AppError `login-item-unavailable` with the reason, or a failure of the disk */
  set(on: boolean): void;
}

/** What the system is to start. */
export interface LoginCommand {
  /** Absolute path. */
  readonly program: string;
  readonly args: readonly string[];
}

export interface ThisStart {
  readonly execPath: string;
  readonly isPackaged: boolean;
  /** The checkout, when not packaged. */
  readonly appPath: string;
  /** Of `APPIMAGE`: the file that mounted what `execPath` lies in, which is gone after the session. */
  readonly appImage: string | undefined;
  /** Folders that were named on the command line, absolute; the next start has to find the same ones. */
  readonly dataFolder: string | null;
  readonly cacheFolder: string | null;
}

/** Starts Lull with its tray and without a window. */
export const HIDDEN_OPTION = '--hidden';

/** A checkout is started by the very Electron that runs it now. */
export function loginCommand(start: ThisStart): LoginCommand {
  const { execPath, isPackaged, appPath, appImage, dataFolder, cacheFolder } = start;
  return {
    program: isPackaged && appImage ? appImage : execPath,
    args: [
      ...(isPackaged ? [] : [appPath]),
      HIDDEN_OPTION,
      ...(dataFolder === null ? [] : [`--data-dir=${dataFolder}`]),
      ...(cacheFolder === null ? [] : [`--cache-dir=${cacheFolder}`]),
    ],
  };
}

export function loginItemUnavailable(details: string, cause?: unknown): AppError {
  return new AppError('login-item-unavailable', { details, cause });
}
