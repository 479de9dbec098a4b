/** The settings file of a node: read once, written at every change. */
import { jsonFile } from '../platform/json-file.ts';
import type { Log } from '../platform/log.ts';
import { DEFAULT_SETTINGS, settingsSchema, type Settings } from './settings.ts';

export interface OpenSettings {
  current(): Settings;
  /** @throws the system's error when it cannot be saved; nothing has changed then. */
  change(part: Partial<Settings>): void;
}

export function openSettings(path: string, log: Log): OpenSettings {
  const file = jsonFile({
    path,
    schema: settingsSchema,
    fallback: DEFAULT_SETTINGS,
    onDamaged: (keptAs, error) => {
      log.warn('the settings were damaged, so the defaults are used', { keptAs, error });
    },
  });
  let settings = file.read();
  return {
    current: () => settings,
    change(part) {
      const next = { ...settings, ...part };
      file.write(next);
      settings = next;
    },
  };
}
