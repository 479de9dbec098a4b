/** The settings file of a node: read once, written at every change. */
import { AppError } from '../platform/app-error.ts';
import { jsonFile } from '../platform/json-file.ts';
import { DEFAULT_SETTINGS, settingsSchema, type Settings } from './settings.ts';

export interface OpenSettings {
  current(): Settings;
  /** @throws the system's error when it cannot be saved; nothing has changed then. */
  change(part: Partial<Settings>): void;
}

/** @param onDamaged told where the damaged file was kept. */
export function openSettings(path: string, onDamaged: (error: AppError) => void): OpenSettings {
  const file = jsonFile({
    path,
    schema: settingsSchema,
    fallback: DEFAULT_SETTINGS,
    onDamaged: (keptAs, cause) => {
      onDamaged(new AppError('settings-corrupt', { details: `It was kept as ${keptAs}.`, cause }));
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
