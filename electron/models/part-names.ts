/** How the files of a model that was split over several are called; the engine finds them by these names only. */

/** More than any published model has. */
export const MAX_PARTS = 1000;

/** The end of a part's name: `-00002-of-00003.gguf` for index 1 of 3. */
export function partEnding(index: number, count: number): string {
  const digits = (value: number) => String(value).padStart(5, '0');
  return `-${digits(index + 1)}-of-${digits(count)}.gguf`;
}

/** The path of another part in the same folder, or null when the first part is not called as it should be. */
export function partPath(firstPath: string, index: number, count: number): string | null {
  const first = partEnding(0, count);
  return firstPath.endsWith(first)
    ? firstPath.slice(0, -first.length) + partEnding(index, count)
    : null;
}

/** How many parts there are by the name of the first one; 1 for every other file. */
export function partCount(path: string): number {
  const count = Number(/-00001-of-(\d{5})\.gguf$/.exec(path)?.[1] ?? 1);
  return count >= 1 && count <= MAX_PARTS ? count : 1;
}
