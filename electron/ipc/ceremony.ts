/** What the wallet's window and the keyring process say to each other, by a port that main does not read. */
import { z } from 'zod';
import { failureSchema, type Result } from './result.ts';

/** In UTF-16 units; 24 words with numbers and spaces are far shorter. */
export const MAX_PHRASE_LENGTH = 1_000;
export const MAX_PASSPHRASE_LENGTH = 128;
/** Words of a new phrase that its owner types again, to show that they were written down. */
export const ASKED_WORDS = 3;

const none = z.undefined();
const word = z.string().max(32);
/** Counted from 1, as people do. */
const position = z.int().min(1).max(24);
const passphrase = z.string().max(MAX_PASSPHRASE_LENGTH);
/** EIP-55. */
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);
const phraseText = z.string().max(MAX_PHRASE_LENGTH);

export const purposeSchema = z.enum(['create', 'import', 'unlock']);

/** How far a phrase that is being typed has come. */
export const wordsCheckSchema = z.strictObject({
  count: z.number(),
  state: z.enum(['typing', 'bad-word', 'bad-checksum', 'good']),
  /** The first word that is not in the list; null unless the state says so. */
  bad: z.strictObject({ position: z.number(), word, suggestion: word.nullable() }).nullable(),
});

export const strengthSchema = z.strictObject({
  /** 0 to 4, as zxcvbn counts. */
  score: z.int().min(0).max(4),
  isEnough: z.boolean(),
  /** One sentence that helps; null when there is nothing to say. */
  advice: z.string().nullable(),
});

/** What the page may ask, in the order in which it makes sense. */
export const CEREMONY = {
  begin: {
    input: none,
    output: z.strictObject({
      purpose: purposeSchema,
      /** Of the wallet that is there already. */
      address: address.nullable(),
      /** How long no passphrase is taken, after too many wrong ones. */
      waitMs: z.number(),
    }),
  },
  /** The one answer that holds a secret: the words of a new phrase, which are not told again. */
  makeWords: {
    input: z.strictObject({ count: z.union([z.literal(12), z.literal(24)]) }),
    output: z.strictObject({
      words: z.array(word),
      /** Which of them will be asked for, rising. */
      asked: z.array(position).length(ASKED_WORDS),
    }),
  },
  /** @returns the first position that is wrong; null when all are right */
  confirmWords: {
    input: z.strictObject({ answers: z.array(word).length(ASKED_WORDS) }),
    output: z.strictObject({ wrong: position.nullable() }),
  },
  checkWords: { input: z.strictObject({ text: phraseText }), output: wordsCheckSchema },
  /** Takes the phrase that was typed. */
  useWords: {
    input: z.strictObject({ text: phraseText }),
    output: z.strictObject({ address }),
  },
  checkPassphrase: { input: z.strictObject({ passphrase }), output: strengthSchema },
  /** Writes the vault. */
  seal: {
    input: z.strictObject({ passphrase, again: passphrase }),
    output: z.strictObject({ address }),
  },
  unlock: {
    input: z.strictObject({ passphrase }),
    output: z.strictObject({
      isOpen: z.boolean(),
      /** How long no passphrase is taken now. */
      waitMs: z.number(),
    }),
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type CeremonyName = keyof typeof CEREMONY;
export type CeremonyInput<Name extends CeremonyName> = z.infer<(typeof CEREMONY)[Name]['input']>;
export type CeremonyOutput<Name extends CeremonyName> = z.infer<(typeof CEREMONY)[Name]['output']>;
export type Purpose = z.infer<typeof purposeSchema>;
export type WordsCheck = Readonly<z.infer<typeof wordsCheckSchema>>;
export type Strength = Readonly<z.infer<typeof strengthSchema>>;

/** On the wire, page to keyring process; the input is checked against the row once the name is known. */
export const ceremonyRequestSchema = z.strictObject({
  id: z.int().min(0),
  name: z.enum(Object.keys(CEREMONY) as [CeremonyName, ...CeremonyName[]]),
  input: z.unknown(),
});

/** On the wire, keyring process to page. */
export const ceremonyReplySchema = z.strictObject({
  id: z.int().min(0),
  result: z.discriminatedUnion('ok', [
    z.strictObject({ ok: z.literal(true), value: z.unknown() }),
    z.strictObject({
      ok: z.literal(false),
      ...failureSchema.shape,
    }),
  ]),
});

export type CeremonyRequest = z.infer<typeof ceremonyRequestSchema>;
export type CeremonyReply = z.infer<typeof ceremonyReplySchema>;

/** What the preload script puts on `window.lullWallet`. */
export type WalletBridge = {
  readonly [Name in CeremonyName]: (
    ...input: CeremonyInput<Name> extends undefined ? [] : [CeremonyInput<Name>]
  ) => Promise<Result<CeremonyOutput<Name>>>;
} & {
  /** Calls back once when the keyring process has gone: nothing that was typed is kept. */
  readonly onLost: (listener: () => void) => void;
};
