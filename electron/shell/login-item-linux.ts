/** Starts Lull at log-in by a file in the desktop's autostart folder. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { writeFileAtomically } from '../platform/atomic-file.ts';
import { desktopEntry, isEntryOn } from './login-item-entry.ts';
import { loginItemUnavailable, type LoginCommand, type LoginItem } from './login-item.ts';

const FILE_MODE = 0o644;
const FOLDER_MODE = 0o700;

/** A relative `XDG_CONFIG_HOME` does not count, as its specification says. */
export function autostartFile(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  const { XDG_CONFIG_HOME: set } = env;
  const config = set !== undefined && isAbsolute(set) ? set : join(home, '.config');
  return join(config, 'autostart', 'lull.desktop');
}

/** @param path of the entry, as from `autostartFile` */
export function createLinuxLoginItem(path: string, command: LoginCommand): LoginItem {
  return {
    isOn() {
      const text = readIfThere(path);
      return text !== null && isEntryOn(text, command);
    },
    set(on) {
      if (on && !isAbsolute(command.program)) {
        throw loginItemUnavailable(`Where "${command.program}" lies is not known.`);
      }
      try {
        if (!on) {
          rmSync(path, { force: true });
          return;
        }
        mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
        writeFileAtomically(path, desktopEntry(command), FILE_MODE);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw loginItemUnavailable(reason, error);
      }
    },
  };
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // What cannot be read does not start anything either.
    return null;
  }
}
