/** The closed list of failures a person can meet, each with the sentence shown for it. */

/** What happened (`sentence`) and what to do about it (`next`). */
export interface ErrorText {
  readonly sentence: string;
  readonly next: string;
}

export const ERROR_TEXTS = {
  'bad-request': {
    sentence: 'Lull did not understand that request.',
    next: 'Check the values named in the details and try again.',
  },
  cancelled: { sentence: 'You stopped this.', next: 'Start it again whenever you like.' },
  'chain-unreachable': {
    sentence: 'The chain that settles payments does not answer.',
    next: 'Try again in a moment; nothing that was signed or earned is lost.',
  },
  'context-exceeded': {
    sentence: 'This conversation is longer than the model can read at once.',
    next: 'Start a new chat, shorten the message, or open a model with a larger context.',
  },
  'data-folder-unusable': {
    sentence: 'Lull cannot write to its data folder.',
    next: 'Check the folder’s permissions, or start Lull with --data-dir and another folder.',
  },
  'disk-full': {
    sentence: 'The disk is full, so this could not be saved.',
    next: 'Free some space and try again; what was saved before is untouched.',
  },
  'endpoint-unavailable': {
    sentence: 'The local endpoint is not running.',
    next: 'Settings shows why; chat in this window still works.',
  },
  'endpoint-refused': {
    sentence: 'The copy of Lull that is running could not answer.',
    next: 'The details say why; try again in a moment.',
  },
  'engine-busy': {
    sentence: 'The engine already has as many questions waiting as it can hold.',
    next: 'Try again in a moment.',
  },
  'engine-crashed': {
    sentence: 'The engine stopped unexpectedly in the middle of its work.',
    next: 'Nothing was lost: try again, and a new engine starts by itself.',
  },
  'engine-restarted': {
    sentence: 'The engine was restarted or given another model before this was finished.',
    next: 'Ask again; what was written so far is kept.',
  },
  'engine-unavailable': {
    sentence: 'No engine on this computer could run the test model.',
    next: 'Open Settings to see what each backend reported, then test again.',
  },
  internal: {
    sentence: 'Something went wrong inside Lull.',
    next: 'Try again; if it stays, the log in the data folder says more.',
  },
  'keys-unusable': {
    sentence: 'The file with your keys is damaged.',
    next: 'Put a good copy of the file that the details name in its place; Lull never writes over it.',
  },
  'ledger-unusable': {
    sentence: 'The ledger of relays and receipts cannot be used.',
    next: 'Serving and network answers stop until it can; the details name the file. Local chat still works.',
  },
  'model-foreign': {
    sentence: 'This file is not a GGUF model.',
    next: 'Choose a file that ends in .gguf; other formats have to be converted first.',
  },
  'model-load-failed': {
    sentence: 'The engine could not load this model.',
    next: 'Try another file or quantisation; the details name the cause.',
  },
  'model-malformed': {
    sentence: 'This GGUF file is damaged: its header contradicts itself.',
    next: 'Download the file again and compare its checksum.',
  },
  'model-missing': {
    sentence: 'The model file is not there any more.',
    next: 'Put it back, or open another model.',
  },
  'model-too-large': {
    sentence: 'This model needs more memory than this computer can give it.',
    next: 'Choose a smaller model or a stronger quantisation.',
  },
  'model-truncated': {
    sentence: 'This GGUF file is incomplete: it ends before its data does.',
    next: 'Finish the download, or download the file again.',
  },
  'model-unreadable': {
    sentence: 'Lull may not read this file.',
    next: 'Change the file’s permissions, or copy it to a folder of your own.',
  },
  'model-unsupported': {
    sentence: 'This GGUF file is of a kind that the engine does not run.',
    next: 'Choose a text model in GGUF version 2 or 3.',
  },
  'network-unavailable': {
    sentence: 'The network is not ready.',
    next: 'Try again in a moment, or ask the model on this computer.',
  },
  'no-model': { sentence: 'No model is loaded.', next: 'Open a model first.' },
  'not-found': { sentence: 'That is not there any more.', next: 'Refresh and try again.' },
  'peer-broke-rules': {
    sentence: 'The Supplier answered in a way that the network’s rules do not allow.',
    next: 'Ask again: nothing was paid for this beyond what its receipt shows.',
  },
  'peer-unreachable': {
    sentence: 'The Supplier could not be reached, or went away in the middle of its answer.',
    next: 'Ask again; what is owed is settled when it is back, and never more than the price shown.',
  },
  'port-in-use': {
    sentence: 'Another program already uses the endpoint’s port.',
    next: 'Close that program, or start Lull with --port and another number.',
  },
  'receipt-wrong': {
    sentence: 'The Supplier’s receipt does not fit what was asked or answered.',
    next: 'It was kept as evidence and is not paid; ask another Supplier.',
  },
  refused: {
    sentence: 'Lull refused a request that did not come from its own window.',
    next: 'If you did not expect this, restart Lull.',
  },
  'relay-refused': {
    sentence: 'The Supplier did not take the question.',
    next: 'The details say why; nothing was charged.',
  },
  'settings-corrupt': {
    sentence: 'Your settings were damaged, so Lull starts with the defaults.',
    next: 'Open your models again; the damaged file was kept beside the new one.',
  },
  'stake-used-up': {
    sentence: 'The stake does not cover this question any more in this settlement period.',
    next: 'Add stake, or wait for the next period.',
  },
  'starter-failed': {
    sentence: 'The test model could not be prepared.',
    next: 'Run "npm ci" again, then try once more.',
  },
  'store-corrupt': {
    sentence: 'The file with your conversations is damaged and could not be read.',
    next: 'Lull keeps the damaged file beside a new one. If this shows up again, restart Lull.',
  },
  'transaction-failed': {
    sentence: 'The chain refused the transaction.',
    next: 'The details say why; what you earned is still in the ledger, and you can try again.',
  },
} as const satisfies Record<string, ErrorText>;

export type ErrorCode = keyof typeof ERROR_TEXTS;

export const ERROR_CODES = Object.keys(ERROR_TEXTS) as readonly ErrorCode[];
