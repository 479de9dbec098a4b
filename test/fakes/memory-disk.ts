/** A disk in memory for downloads: it can be full, and everything on it can be looked at. */
import path from 'node:path';
import type { Disk, DiskFile } from '../../electron/models/download-disk.ts';

export interface MemoryDisk extends Disk {
  readonly files: Map<string, Buffer>;
  /** How much fits; infinite at first. What lies there counts. */
  capacityBytes: number;
}

export function createMemoryDisk(): MemoryDisk {
  const files = new Map<string, Buffer>();
  const usedBytes = (): number => [...files.values()].reduce((sum, { length }) => sum + length, 0);
  const need = (bytes: number): void => {
    if (bytes > 0 && usedBytes() + bytes > disk.capacityBytes) {
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    }
  };

  function openFile(name: string): DiskFile {
    const content = (): Buffer => files.get(name) ?? Buffer.alloc(0);
    return {
      sizeBytes: async () => content().length,
      read: async (into, position) => {
        const bytes = content().subarray(position, position + into.length);
        into.set(bytes);
        return bytes.length;
      },
      async write(bytes, position) {
        const grown = Math.max(content().length, position + bytes.length);
        need(grown - content().length);
        const next = Buffer.concat([content()], grown);
        next.set(bytes, position);
        files.set(name, next);
      },
      truncate: async (sizeBytes) => {
        files.set(name, Buffer.concat([content()], sizeBytes));
      },
      sync: async () => undefined,
      close: async () => undefined,
    };
  }

  const disk: MemoryDisk = {
    files,
    capacityBytes: Infinity,
    async open(name) {
      if (!files.has(name)) files.set(name, Buffer.alloc(0));
      return openFile(name);
    },
    sizeOf: async (name) => {
      const isFolder = [...files.keys()].some((file) => path.posix.dirname(file) === name);
      return files.get(name)?.length ?? (isFolder ? 0 : null);
    },
    readText: async (name, maxBytes) => {
      const file = files.get(name);
      return file === undefined || file.length > maxBytes ? null : file.toString('utf8');
    },
    writeText(name, text) {
      const bytes = Buffer.from(text);
      need(bytes.length - (files.get(name)?.length ?? 0));
      files.set(name, bytes);
    },
    async rename(from, to) {
      const file = files.get(from);
      if (file === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      files.set(to, file);
      files.delete(from);
    },
    remove: async (name) => {
      files.delete(name);
    },
    makeFolder: async () => undefined,
    namesIn: async (folder) =>
      [...files.keys()]
        .filter((file) => path.posix.dirname(file) === folder)
        .map((file) => path.posix.basename(file)),
    freeBytes: async () => disk.capacityBytes - usedBytes(),
  };
  return disk;
}
