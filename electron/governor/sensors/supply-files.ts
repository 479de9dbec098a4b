/** Reads the power supplies that Linux lists, one file after another: a device that hangs then keeps one thread only. */
import path from 'node:path';
import { isGone, listIfThere, type Files } from './files.ts';

/** Reads one value of one supply; `absent` when it has none, null when it has one that cannot be read. */
export type SupplyFile = (name: string, absent: string | null) => Promise<string | null>;

/** Values in sysfs are words and numbers. */
const MOST_BYTES = 128;

/**
 * @param each returns null for a supply that does not count
 * @returns what `each` made of those that the system has, without empty bays and what has its own battery
 */
export async function readSupplies<Value>(
  files: Files,
  sysRoot: string,
  each: (name: string, file: SupplyFile) => Promise<Value | null>,
): Promise<readonly Value[]> {
  const root = path.join(sysRoot, 'class', 'power_supply');
  // Kernels for machines that never have a battery leave the folder out.
  const names = await listIfThere(files, root);
  const found: Value[] = [];
  for (const name of names) {
    const value = await each(name, (file, absent) =>
      readValue(files, path.join(root, name, file), absent),
    );
    if (value !== null) found.push(value);
  }
  return found;
}

async function readValue(
  files: Files,
  file: string,
  absent: string | null,
): Promise<string | null> {
  try {
    const text = await files.readText(file, MOST_BYTES);
    return text === '' ? null : text;
  } catch (error) {
    return isGone(error) ? absent : null;
  }
}
