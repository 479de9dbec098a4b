/** Picks what Lull can run out of the hub's answers, which may hold anything; pure. */
import { z } from 'zod';
import type { HubPlace } from './catalogue-schema.ts';
import { hubFileSchema, type HubFile } from './hub-messages.ts';
import { partCount } from './part-names.ts';
import { shownName } from './printable.ts';

const MAX_REPOSITORIES = 100;
const MAX_FILES = 5000;
const MAX_TAGS = 500;
const FILES_OF_ONE_REPOSITORY = 4;
const MAX_LICENCE_LENGTH = 80;

const repositoryName = z.string().regex(/^[\w.-]{1,96}\/[\w.-]{1,96}$/);
const tags = z.array(z.string()).max(MAX_TAGS).catch([]);
const count = z.int().nonnegative().nullable().catch(null);
/** False, `auto` or `manual`: whoever wants those has to sign in and ask. */
const gated = z.union([z.boolean(), z.string()]).catch(false);

const listedSchema = z.object({
  id: repositoryName,
  gated,
  private: z.boolean().catch(false),
});

const listSchema = z.array(z.unknown()).max(MAX_REPOSITORIES);

const siblingSchema = z.object({
  rfilename: z.string().min(1).max(300),
  lfs: z.object({
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    size: z.int().positive(),
  }),
});

const repositorySchema = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  gated,
  private: z.boolean().catch(false),
  downloads: count,
  tags,
  siblings: z.array(z.unknown()).max(MAX_FILES),
  gguf: z.object({ total: count, context_length: count }).nullish().catch(null),
});

/** Names of the repositories in the hub's list that anybody may read. @throws ZodError when it is no list */
export function listedRepositories(json: unknown): readonly string[] {
  return listSchema.parse(json).flatMap((entry) => {
    const parsed = listedSchema.safeParse(entry);
    return parsed.success && isOpen(parsed.data) ? [parsed.data.id] : [];
  });
}

/**
 * The files of one repository that Lull could run, the most usual quantisations first.
 *
 * @param urlOf where a file is fetched from
 * @throws ZodError when it is no repository
 */
export function repositoryFiles(
  repository: string,
  json: unknown,
  urlOf: (place: HubPlace) => string,
): readonly HubFile[] {
  const parsed = repositorySchema.parse(json);
  if (!isOpen(parsed)) return [];
  const { sha, downloads, gguf } = parsed;
  const licence = licenceIn(parsed.tags);
  const files = parsed.siblings.flatMap((entry) => {
    const sibling = siblingSchema.safeParse(entry);
    if (!sibling.success || !isWholeModel(sibling.data.rfilename)) return [];
    const { rfilename: path, lfs } = sibling.data;
    const place = { repository, revision: sha, path };
    const fileName = path.split('/').at(-1) ?? path;
    const file = hubFileSchema.safeParse({
      place,
      fileName,
      url: urlOf(place),
      sizeBytes: lfs.size,
      sha256: lfs.sha256,
      quantisation: quantisationIn(fileName),
      licence,
      downloads,
      parameterCount: positive(gguf?.total),
      contextTokens: positive(gguf?.context_length),
    });
    return file.success ? [file.data] : [];
  });
  return files.toSorted(byUse).slice(0, FILES_OF_ONE_REPOSITORY);
}

/** From the name, as publishers write it: `Q4_K_M`, `IQ2_XXS`, `BF16`. */
export function quantisationIn(fileName: string): string | null {
  const found = /(?:^|[-._])((?:I?Q|TQ)\d(?:_[A-Z0-9]{1,3}){0,3}|BF16|F16|F32)(?=[-.]|$)/i;
  return found.exec(fileName)?.[1]?.toUpperCase() ?? null;
}

function isOpen(repository: { readonly gated: boolean | string; readonly private: boolean }) {
  return repository.gated === false && !repository.private;
}

/** Parts of a split model would be fetched one by one, and projectors and statistics chat with nobody. */
function isWholeModel(path: string): boolean {
  return (
    /\.gguf$/.test(path) &&
    partCount(path) === 1 &&
    !/-\d{5}-of-\d{5}\.gguf$/.test(path) &&
    !/(?:^|[-._/])(?:mmproj|imatrix|lora|adapter)(?:[-._/]|$)/i.test(path)
  );
}

/** What most people run, in this order; all others after them, the smaller first. */
const USUAL = ['Q4_K_M', 'Q5_K_M', 'Q8_0', 'Q6_K', 'IQ4_XS', 'Q4_0', 'Q3_K_M'];

function byUse(a: HubFile, b: HubFile): number {
  return rank(a) - rank(b) || a.sizeBytes - b.sizeBytes;
}

function rank({ quantisation }: HubFile): number {
  const at = USUAL.indexOf(quantisation ?? '');
  return at < 0 ? USUAL.length : at;
}

function licenceIn(all: readonly string[]): string | null {
  const tag = all.find((each) => each.startsWith('license:'));
  return tag === undefined
    ? null
    : (shownName(tag.slice('license:'.length))?.slice(0, MAX_LICENCE_LENGTH) ?? null);
}

function positive(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && value > 0 ? value : null;
}
