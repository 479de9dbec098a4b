/** What the catalogue says of each model it offers; everything in it is bounded. */
import { z } from 'zod';

const MAX_MODELS = 32;
const MAX_SOURCES = 6;
/** 1 TiB: above every model that one computer runs. */
const MAX_BYTES = 2 ** 40;
const SHA512_BASE64_LENGTH = 88;

const bytes = z.int().positive().max(MAX_BYTES);

/** Plain on every system; on Windows some words are devices, whatever follows the first point. */
export const fileNameSchema = z
  .string()
  .regex(/^(?!(?:con|prn|aux|nul|com\d|lpt\d)\.)[a-z0-9][\w.-]{0,150}\.gguf$/i);

/** A server on this computer is what a test has; whatever comes from elsewhere comes encrypted. */
export const sourceUrlSchema = z
  .string()
  .max(500)
  .regex(/^(?:https:\/\/[a-z0-9][a-z0-9.-]*\/|http:\/\/127\.0\.0\.1:\d{1,5}\/)[\w./%@+-]+$/);

/** Where a file lies on the hub; by commit, so that it is the same file tomorrow. */
export const hubPlaceSchema = z.strictObject({
  repository: z.string().regex(/^[\w.-]{1,96}\/[\w.-]{1,96}$/),
  revision: z.string().regex(/^[0-9a-f]{40}$/),
  path: z.string().regex(/^[\w][\w./ -]{0,200}\.gguf$/),
});

/** A part of the file inside an npm package, for one after the other. */
const packagePartSchema = z.strictObject({
  url: sourceUrlSchema,
  /** Of the package as the registry publishes it: `sha512-` and base64. */
  integrity: z.string().regex(new RegExp(`^sha512-[A-Za-z0-9+/=]{${SHA512_BASE64_LENGTH}}$`)),
  /** Name of the file inside the package. */
  member: z.string().regex(/^[\w./-]{1,200}$/),
  sizeBytes: bytes,
});

const modelSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('file'),
    /** The hub first, then its mirrors. */
    urls: z.array(sourceUrlSchema).min(1).max(MAX_SOURCES).readonly(),
    hub: hubPlaceSchema,
  }),
  z.strictObject({
    kind: z.literal('npm'),
    parts: z.array(packagePartSchema).min(1).max(MAX_SOURCES).readonly(),
  }),
]);

const catalogueModelSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,63}$/),
  name: z.string().min(1).max(80),
  /** As it is called on this computer. */
  fileName: fileNameSchema,
  parameterCount: z.int().positive(),
  quantisation: z.string().min(1).max(20),
  licence: z.string().min(1).max(80),
  /** What it was trained for. */
  contextTokens: z.int().positive(),
  /** Keys and values of one token of context, as 16-bit floats. */
  cacheBytesPerToken: z.int().nonnegative(),
  sizeBytes: bytes,
  /** Null where only the hub knows it: then it is asked for before anything is fetched. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  /** One sentence. */
  why: z.string().min(1).max(200),
  source: modelSourceSchema,
});

export const catalogueSchema = z
  .strictObject({
    version: z.literal(1),
    /** From the weakest answers to the strongest. */
    models: z.array(catalogueModelSchema).min(1).max(MAX_MODELS).readonly(),
  })
  .refine(({ models }) => new Set(models.map(({ id }) => id)).size === models.length, 'ids')
  .refine(
    ({ models }) =>
      new Set(models.map((model) => model.fileName.toLowerCase())).size === models.length,
    'file names',
  )
  .refine(({ models }) => models.every(hasAllBytes), 'sizes of parts')
  .refine(({ models }) => models.every(isVerifiable), 'hashes');

export type HubPlace = Readonly<z.infer<typeof hubPlaceSchema>>;
export type ModelSource = Readonly<z.infer<typeof modelSourceSchema>>;
export type CatalogueModel = Readonly<z.infer<typeof catalogueModelSchema>>;

function hasAllBytes({ source, sizeBytes }: CatalogueModel): boolean {
  if (source.kind === 'file') return true;
  return source.parts.reduce((sum, part) => sum + part.sizeBytes, 0) === sizeBytes;
}

/** Only the hub can be asked for a hash. */
function isVerifiable({ source, sha256 }: CatalogueModel): boolean {
  return sha256 !== null || source.kind === 'file';
}
