/** Downloads as the app runs them, on the real process, a real disk and a server of this test. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DOWNLOAD_LIMITS, type DownloadLimits } from '../../../electron/models/download-limits.ts';
import type {
  DownloadEntry,
  DownloadJob,
  Downloads,
  SavedDownloads,
} from '../../../electron/models/download-ports.ts';
import { createDownloads } from '../../../electron/models/downloads.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { createForkedChildren, type ForkedChildren } from '../../fakes/fork-child.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';

export const QUICK: DownloadLimits = {
  ...DOWNLOAD_LIMITS,
  stallMs: 300,
  firstRetryMs: 10,
  maxRetryMs: 40,
  maxBarrenTries: 3,
  blockBytes: 64 * 1024,
  checkpointMs: 10,
  reportMs: 10,
  spareBytes: 0,
};

export interface DownloadWorld {
  readonly folder: string;
  readonly destination: string;
  readonly children: ForkedChildren;
  readonly downloads: Downloads;
  job(urls: readonly string[], content: Buffer, over?: Partial<DownloadJob>): DownloadJob;
  /** Starts it and waits for its end. */
  fetch(job: DownloadJob): Promise<'done' | DownloadEntry>;
  ended(id: string): Promise<'done' | DownloadEntry>;
  /** Waits until the list looks so. */
  until(holds: (list: readonly DownloadEntry[]) => boolean): Promise<void>;
  /** Everything in the folder. */
  names(): readonly string[];
  file(): Buffer | null;
  /** As a new start of the app. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

export function someContent(bytes: number): Buffer {
  return randomBytes(bytes);
}

export function sha256Of(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

export function createDownloadWorld(
  limits: DownloadLimits = QUICK,
  folder = mkdtempSync(path.join(tmpdir(), 'lull-download-')),
): DownloadWorld {
  const children = createForkedChildren('models');
  const destination = path.join(folder, 'model.gguf');
  let saved: SavedDownloads = [];
  const open = (): Downloads =>
    createDownloads(
      {
        spawn: children.spawn,
        clock: systemClock,
        log: createMemoryLog(),
        store: {
          read: () => saved,
          write: (next) => {
            saved = structuredClone(next);
          },
        },
      },
      limits,
    );
  let downloads = open();

  function until(holds: (list: readonly DownloadEntry[]) => boolean): Promise<void> {
    if (holds(downloads.list())) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = downloads.onChange(() => {
        if (!holds(downloads.list())) return;
        stop();
        resolve();
      });
    });
  }

  const entryOf = (id: string): DownloadEntry | undefined =>
    downloads.list().find(({ job }) => job.id === id);

  async function ended(id: string): Promise<'done' | DownloadEntry> {
    await until(() => (entryOf(id)?.state ?? 'failed') === 'failed');
    return entryOf(id) ?? 'done';
  }

  return {
    folder,
    destination,
    children,
    get downloads() {
      return downloads;
    },
    job: (urls, content, over = {}) => ({
      id: 'model',
      sources: urls.map((url) => ({ kind: 'https' as const, url })),
      sizeBytes: content.length,
      sha256: sha256Of(content),
      destination,
      ...over,
    }),
    fetch(job) {
      downloads.start(job);
      return ended(job.id);
    },
    ended,
    until,
    names: () => readdirSync(folder),
    file: () => (existsSync(destination) ? readFileSync(destination) : null),
    async restart() {
      await downloads.dispose();
      downloads = open();
    },
    async dispose() {
      await downloads.dispose();
      await children.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
