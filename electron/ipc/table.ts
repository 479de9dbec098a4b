/** Every message between the window and main: one row each, with the guard for what it carries. */
import { z } from 'zod';
import { governorSettingsSchema, sensorLineSchema } from './governor.ts';
import { foundFileSchema } from './models.ts';
import { priceSchema, receiptCheckSchema, receiptViewSchema } from './network.ts';
import type { Result } from './result.ts';
import { presencePolicySchema } from './status.ts';
import {
  conversationSchema,
  externalServerSchema,
  kvTypeSchema,
  messageSchema,
  modelInfoSchema,
  nextStepSchema,
  patchSchema,
  snapshotSchema,
  themeSchema,
} from './snapshot.ts';
import { accountSchema, intentSchema, moneyActionSchema } from './wallet.ts';

const id = z.string().min(1).max(64);
const none = z.undefined();
/** A model of the catalogue, one that was found, or a pack. */
const offer = z.strictObject({ id: z.string().min(1).max(200) });
const ref = z.strictObject({ ref: z.string().regex(/^0x[0-9a-f]{64}$/) });
/** Who answers: the model on this computer, or a Supplier on the network. */
const via = z.enum(['local', 'network']);

/** The longest question the page may send, in UTF-16 units. */
export const MAX_QUESTION_LENGTH = 200_000;

const MAX_UINT96 = 2n ** 96n - 1n;

/** Commands: the page asks, main answers with a `Result`. */
export const COMMANDS = {
  'app.snapshot': { input: none, output: snapshotSchema },
  'app.openDataFolder': { input: none, output: none },
  'setup.cancel': { input: none, output: none },
  'setup.retry': { input: none, output: none },
  'settings.setTheme': { input: z.strictObject({ theme: themeSchema }), output: none },
  'settings.setStartsAtLogin': { input: z.strictObject({ on: z.boolean() }), output: none },
  'settings.setDiscreet': { input: z.strictObject({ on: z.boolean() }), output: none },
  /** The owner has read the first sentence and wants to begin. */
  'welcome.begin': { input: none, output: none },
  'welcome.skip': {
    input: z.strictObject({ step: nextStepSchema, isSkipped: z.boolean() }),
    output: none,
  },
  'engine.probeAgain': { input: none, output: none },
  'engine.restart': { input: none, output: none },
  /** Shows the file dialog; null when it was closed without a choice. */
  'model.choose': { input: none, output: modelInfoSchema.nullable() },
  /** Checks the file's header, remembers it and makes it the current model. */
  'model.open': {
    input: z.strictObject({ path: z.string().min(1).max(4096) }),
    output: modelInfoSchema,
  },
  'model.use': { input: z.strictObject({ modelId: z.string().min(1).max(4096) }), output: none },
  /** Takes it off the list; the file stays where it is. */
  'model.forget': { input: z.strictObject({ modelId: z.string().min(1).max(4096) }), output: none },
  /** Begins or goes on with what is there; one file is fetched at a time. */
  'models.download': { input: offer, output: none },
  'models.pause': { input: offer, output: none },
  /** Takes an unfinished download off the disk, or the file of a finished one; a model by its own id, a path. */
  'models.remove': {
    input: z.strictObject({ id: z.string().min(1).max(4096) }),
    output: none,
  },
  /** Asks the model hub, and only when asked. */
  'models.search': {
    input: z.strictObject({ text: z.string().trim().min(2).max(200) }),
    output: z.array(foundFileSchema),
  },
  /** Puts one of the last search's files on the list, and begins to fetch it. */
  'models.downloadFound': { input: offer, output: none },
  /** A GGUF file from elsewhere, copied into the folder of models. */
  'models.import': { input: none, output: modelInfoSchema.nullable() },
  'models.setLimit': {
    input: z.strictObject({
      bytesPerSecond: z
        .int()
        .min(10_000)
        .max(10 ** 10)
        .nullable(),
    }),
    output: none,
  },
  /** Runs the current model for some seconds, to know what this computer can do. */
  'models.calibrate': { input: none, output: none },
  /** Takes files off the disk that belong to no model. */
  'models.cleanUp': { input: none, output: none },
  'models.openFolder': { input: none, output: none },
  'settings.setKvType': { input: z.strictObject({ kvType: kvTypeSchema }), output: none },
  /** Lets another server answer for the current model, or our own engine again. */
  'engine.setServer': {
    input: z.strictObject({ server: externalServerSchema.nullable() }),
    output: none,
  },
  'endpoint.copyToken': { input: none, output: none },
  'chat.open': {
    input: z.strictObject({ conversationId: id }),
    output: z.strictObject({
      conversation: conversationSchema,
      messages: z.array(messageSchema),
      /** The first `chat.delta` of the answer being written whose text is not in `messages` yet; else null. */
      nextSequence: z.number().nullable(),
    }),
  },
  /** Starts a conversation when `conversationId` is null. The answer arrives as notifications. */
  'chat.send': {
    input: z.strictObject({
      conversationId: id.nullable(),
      text: z.string().min(1).max(MAX_QUESTION_LENGTH),
      via,
    }),
    output: z.strictObject({
      conversation: conversationSchema,
      question: messageSchema,
      answer: messageSchema,
    }),
  },
  'chat.stop': { input: z.strictObject({ messageId: id }), output: none },
  /** Asks the question before this answer again; the old answer is replaced by the first words of the new one. */
  'chat.regenerate': {
    input: z.strictObject({ messageId: id, via }),
    output: z.strictObject({ answer: messageSchema, replacedId: id }),
  },
  'chat.rename': {
    input: z.strictObject({ conversationId: id, title: z.string().trim().min(1).max(200) }),
    output: none,
  },
  'chat.delete': { input: z.strictObject({ conversationId: id }), output: none },
  /** What the next question would cost on the network. Starts the network when it is off. */
  'chat.price': {
    input: z.strictObject({
      conversationId: id.nullable(),
      text: z.string().max(MAX_QUESTION_LENGTH),
    }),
    output: priceSchema,
  },
  /** Offers relays, or ends that; those under way are finished first. */
  'earn.setOn': { input: z.strictObject({ on: z.boolean() }), output: none },
  'earn.setPresence': {
    input: z.strictObject({ presence: presencePolicySchema }),
    output: none,
  },
  'earn.setAfterRestart': { input: z.strictObject({ on: z.boolean() }), output: none },
  /** Serves nothing for so long, or with null until the owner resumes; 0 ends a pause. */
  'earn.pause': {
    input: z.strictObject({ minutes: z.int().min(0).max(1440).nullable() }),
    output: none,
  },
  'governor.set': {
    input: z.strictObject({ change: governorSettingsSchema.partial() }),
    output: none,
  },
  /** Lets the program that caused this stretch run beside relays from now on. */
  'governor.allow': { input: z.strictObject({ stretchId: z.int().min(0) }), output: none },
  /** Asks every sensor now. */
  'governor.sensors': { input: none, output: z.array(sensorLineSchema) },
  'governor.selfTest': { input: none, output: none },
  /** Asks where to put it; null when the dialog was closed. Every relay, with its receipt and its transaction. */
  'earn.exportCsv': { input: none, output: z.strictObject({ path: z.string() }).nullable() },
  /** The neighbour asks this computer at most ten questions. */
  'earn.try': { input: none, output: none },
  'earn.stop': { input: none, output: none },
  /** Redeems every voucher that is worth something; ends once the chain has paid. */
  'earn.collect': { input: none, output: none },
  'receipt.open': { input: ref, output: receiptViewSchema },
  /** Checks signature and sums anew, from what is on disk alone. */
  'receipt.verify': { input: ref, output: z.array(receiptCheckSchema) },
  'receipt.copy': { input: ref, output: none },
  /** Runs every check again. */
  'doctor.run': { input: none, output: none },
  /** Opens the window in which words and passphrase are typed; they never come here. */
  'wallet.openWindow': {
    input: z.strictObject({ purpose: z.enum(['create', 'import', 'unlock']) }),
    output: none,
  },
  'wallet.lock': { input: none, output: none },
  /** Asks the chain for the balances. */
  'wallet.refresh': { input: none, output: none },
  /** Decodes what would be signed; nothing is signed yet. */
  'wallet.prepare': {
    input: z.strictObject({
      action: moneyActionSchema,
      amount: z.bigint().min(0n).max(MAX_UINT96),
    }),
    output: intentSchema,
  },
  /** Signs and sends exactly what was shown. @returns the transaction's hash */
  'wallet.confirm': {
    input: z.strictObject({ intentId: id }),
    output: z.strictObject({ transaction: z.string() }),
  },
  'wallet.copyAddress': {
    input: z.strictObject({ role: accountSchema.shape.role }),
    output: none,
  },
  'notice.dismiss': { input: z.strictObject({ noticeId: id }), output: none },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

/** Notifications: main tells, the page listens. At most about thirty a second of each. */
export const NOTIFICATIONS = {
  'hub.patch': patchSchema,
  /** The next text of an answer. `sequence` counts from 0 for each message; each number is sent once, in order. */
  'chat.delta': z.strictObject({
    messageId: z.string(),
    conversationId: z.string(),
    sequence: z.number(),
    text: z.string(),
  }),
  /**
   * The answer as it ended. One that was to replace another and ended without a word has not done so: a failure stands
   * beside the old answer, anything else was not kept, and the conversation has to be read again.
   */
  'chat.end': messageSchema,
} as const satisfies Record<string, z.ZodType>;

export type CommandName = keyof typeof COMMANDS;
export type CommandInput<Name extends CommandName> = z.infer<(typeof COMMANDS)[Name]['input']>;
export type CommandOutput<Name extends CommandName> = z.infer<(typeof COMMANDS)[Name]['output']>;
export type NotificationName = keyof typeof NOTIFICATIONS;
export type NotificationBody<Name extends NotificationName> = z.infer<(typeof NOTIFICATIONS)[Name]>;

/** What the preload script puts on `window.lull`. */
export type Bridge = {
  readonly command: {
    readonly [Name in CommandName]: (
      ...input: CommandInput<Name> extends undefined ? [] : [CommandInput<Name>]
    ) => Promise<Result<CommandOutput<Name>>>;
  };
  readonly on: {
    readonly [Name in NotificationName]: (
      listener: (body: NotificationBody<Name>) => void,
    ) => () => void;
  };
  /** Opens a model file that was dropped on the window; only the preload script can tell where it lies. */
  readonly openDroppedModel: (file: unknown) => Promise<Result<CommandOutput<'model.open'>>>;
};
