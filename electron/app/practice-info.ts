/** A file that tells other copies of Lull on this computer how to use this one's practice network. */
import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from '../platform/app-error.ts';
import { writeFileAtomically } from '../platform/atomic-file.ts';
import { peerKeySchema } from '../protocol/wire-values.ts';

const infoSchema = z.strictObject({
  rpcUrl: z.string().regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/),
  bootstrapPort: z.int().min(1).max(65_535),
  /** Of the Supplier that serves. */
  peerKey: peerKeySchema,
});

export type PracticeInfo = Readonly<z.infer<typeof infoSchema>>;

export function announcePractice(path: string, info: PracticeInfo): void {
  writeFileAtomically(path, `${JSON.stringify(info, null, 2)}\n`);
}

export function withdrawPractice(path: string): void {
  rmSync(path, { force: true });
}

/** @throws AppError `bad-request` that names the file */
export function readPracticeInfo(path: string): PracticeInfo {
  try {
    return infoSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new AppError('bad-request', {
      details: `${path} is not the practice.json of a Lull that runs with --presence always.`,
      cause: error,
    });
  }
}
