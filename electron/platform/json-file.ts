/** A small JSON file behind a schema: what is on disk is checked like any other input. */
import { existsSync, readFileSync, renameSync } from 'node:fs';
import type { z } from 'zod';
import { writeFileAtomically } from './atomic-file.ts';

export interface JsonFile<Value> {
  /** The value on disk, or the fallback when there is none or it was set aside as damaged. */
  read(): Value;
  /** @throws the system's error; the old content is kept then. */
  write(value: Value): void;
}

export interface JsonFileOptions<Value> {
  readonly path: string;
  readonly schema: z.ZodType<Value>;
  readonly fallback: Value;
  /** Told when the file was damaged and has been renamed to `keptAs`. */
  readonly onDamaged: (keptAs: string, cause: unknown) => void;
}

export function jsonFile<Value>(options: JsonFileOptions<Value>): JsonFile<Value> {
  const { path, schema, fallback, onDamaged } = options;
  return {
    read() {
      let text: string;
      try {
        text = readFileSync(path, 'utf8');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return fallback;
        throw error;
      }
      try {
        return schema.parse(JSON.parse(text));
      } catch (error) {
        const keptAs = freeName(`${path}.damaged`);
        renameSync(path, keptAs);
        onDamaged(keptAs, error);
        return fallback;
      }
    },
    write(value) {
      writeFileAtomically(path, `${JSON.stringify(value, null, 2)}\n`);
    },
  };
}

/** A damaged file must not overwrite one that was kept before. */
function freeName(wanted: string): string {
  let name = wanted;
  for (let count = 2; existsSync(name); count++) name = `${wanted}-${count}`;
  return name;
}
