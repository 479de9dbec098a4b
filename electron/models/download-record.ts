/** The small file beside an unfinished one, which says what has arrived and from where. */
import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const bytes = z.number().int().nonnegative();
const header = z.string().max(1_024).nullable();

/** Enough for every size that a download may have, in blocks of 16 MiB. */
export const MAX_RECORD_BYTES = 4 * 1024 * 1024;
const MAX_BLOCKS = 50_000;

const seenSourceSchema = z.strictObject({
  url: z.string().max(4_096),
  etag: header,
  lastModified: header,
  /** Whether bytes of it are in the file. */
  hasGiven: z.boolean(),
});

export const recordSchema = z.strictObject({
  version: z.literal(1),
  /** What the file is to be; a record for another one is worth nothing. */
  expects: z.string().max(400),
  blockBytes: z.number().int().positive(),
  /** Of the whole file, where a source has said it. */
  totalBytes: bytes.nullable(),
  /** The hash that the source itself named, where the download came without one. */
  namedSha256: sha256.nullable(),
  sources: z.array(seenSourceSchema).max(16).readonly(),
  blocks: z.array(sha256).max(MAX_BLOCKS).readonly(),
  tail: z.strictObject({ bytes, sha256 }).nullable(),
});

export type SeenSource = Readonly<z.infer<typeof seenSourceSchema>>;
export type DownloadRecord = Readonly<z.infer<typeof recordSchema>>;

export function emptyRecord(expects: string, blockBytes: number): DownloadRecord {
  return {
    version: 1,
    expects,
    blockBytes,
    totalBytes: null,
    namedSha256: null,
    sources: [],
    blocks: [],
    tail: null,
  };
}

/** Null for anything that is no record of exactly this file: it is fetched anew then. */
export function readRecord(
  text: string | null,
  expects: string,
  blockBytes: number,
): DownloadRecord | null {
  if (text === null) return null;
  try {
    const parsed = recordSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return null;
    const record = parsed.data;
    return record.expects === expects && record.blockBytes === blockBytes ? record : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** With one source's news in place of what was known of it. */
export function withSource(record: DownloadRecord, source: SeenSource): DownloadRecord {
  const others = record.sources.filter(({ url }) => url !== source.url);
  return { ...record, sources: [...others, source].slice(-16) };
}
