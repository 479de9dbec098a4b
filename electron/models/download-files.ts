/** The names of what lies beside a destination while its download is not finished. */
import { basename } from 'node:path';

/** The bytes that have arrived; the record of them is the same name and `.json`. */
export function arrivedPath(destination: string, part: number | null): string {
  return part === null ? `${destination}.part` : `${destination}.part-${part}`;
}

export function recordPath(arrived: string): string {
  return `${arrived}.json`;
}

/** The file joined from parts, before it is verified. */
export function joinedPath(destination: string): string {
  return `${destination}.joined`;
}

/** Whether a file of the destination's folder, by its name, is something unfinished of that destination. */
export function isUnfinishedFile(destination: string, fileName: string): boolean {
  const own = basename(destination);
  return fileName.startsWith(own) && UNFINISHED.test(fileName.slice(own.length));
}

/** With the name that the record has while it is being written. */
const UNFINISHED = /^\.(joined|part(-\d+)?(\.json(\.part)?)?)$/;
