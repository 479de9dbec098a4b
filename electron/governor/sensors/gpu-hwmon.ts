/** A card's own thermometers and meters, as Linux shows them beside its driver. */
import path from 'node:path';
import { listIfThere, readIfThere, type Files } from './files.ts';

export interface Hwmon {
  /** Of the driver: `amdgpu`, `xe`. */
  readonly driver: string;
  /** @returns null when there is no such value. Rejects when the card does not answer */
  number(file: string): Promise<number | null>;
  /** The number in front of a thermometer with this label: 2 for `temp2_label` that says `junction`. */
  thermometer(label: string): number | null;
}

const MOST_THERMOMETERS = 4;

/**
 * Searched anew each time, by the card that it belongs to: its own number changes when the computer wakes up.
 * @returns null when the card has none of one of these drivers
 */
export async function findHwmon(
  files: Files,
  cardFolder: string,
  drivers: readonly string[],
): Promise<Hwmon | null> {
  const root = path.join(cardFolder, 'hwmon');
  for (const name of await listIfThere(files, root)) {
    const folder = path.join(root, name);
    const driver = await readIfThere(files, path.join(folder, 'name'));
    if (driver === null || !drivers.includes(driver)) continue;
    const labels = await readLabels(files, folder);
    return {
      driver,
      number: (file) => readNumber(files, path.join(folder, file)),
      thermometer: (label) => labels.get(label) ?? null,
    };
  }
  return null;
}

/** @returns null when there is no such file or no whole number in it. Rejects when the card does not answer */
export async function readNumber(files: Files, file: string): Promise<number | null> {
  const text = await readIfThere(files, file);
  return text !== null && /^-?\d{1,18}$/.test(text) ? Number(text) : null;
}

async function readLabels(files: Files, folder: string): Promise<ReadonlyMap<string, number>> {
  const numbers = Array.from({ length: MOST_THERMOMETERS }, (_, index) => index + 1);
  const labels = await Promise.all(
    numbers.map(async (number) => {
      const label = await readIfThere(files, path.join(folder, `temp${number}_label`));
      return label === null ? [] : [[label, number] as const];
    }),
  );
  return new Map(labels.flat());
}
