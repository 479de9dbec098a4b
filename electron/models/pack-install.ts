/** Main's side of unpacking a pack: one process for each, which is gone when its work is. */
import { AppError } from '../platform/app-error.ts';
import type { SpawnChild } from '../platform/child.ts';
import { packPath, tarballPath } from './pack-folder.ts';
import { unpackReplySchema, type UnpackOrder } from './pack-messages.ts';
import type { PackPin } from './packs.ts';

/**
 * Turns the tarball in the folder of packs into a pack; the tarball stays.
 *
 * @throws AppError `download-damaged`, `disk-full`, `cancelled`, `internal`
 */
export function installPack(
  spawn: SpawnChild,
  folder: string,
  pin: PackPin,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return Promise.reject(new AppError('cancelled'));
  return new Promise((resolve, reject) => {
    const child = spawn('pack-process', { name: 'Lull pack' });
    // The end is reported once the process has gone: until then it may still write.
    let outcome: AppError | 'done' | null = null;
    const finish = (end: AppError | 'done'): void => {
      outcome ??= end;
      child.kill();
    };
    const cancel = (): void => {
      finish(new AppError('cancelled'));
    };
    signal.addEventListener('abort', cancel, { once: true });
    child.onMessage((message) => {
      finish(endOf(message));
    });
    child.onExit(() => {
      signal.removeEventListener('abort', cancel);
      const details = 'The process that unpacks ended before it was done.';
      if (outcome === 'done') resolve();
      else reject(outcome ?? new AppError('internal', { details }));
    });
    child.post(unpackOrder(folder, pin));
  });
}

function endOf(message: unknown): AppError | 'done' {
  const parsed = unpackReplySchema.safeParse(message);
  if (!parsed.success) {
    return new AppError('internal', { details: 'The process that unpacks spoke nonsense.' });
  }
  const reply = parsed.data;
  if (reply.type === 'done') return 'done';
  return new AppError(reply.code, reply.details === null ? {} : { details: reply.details });
}

export function unpackOrder(folder: string, pin: PackPin): UnpackOrder {
  const { integrity, unpackedBytes, fileCount } = pin;
  const tarball = tarballPath(folder, pin);
  const target = packPath(folder, pin);
  return { type: 'unpack', tarball, target, integrity, unpackedBytes, fileCount };
}
