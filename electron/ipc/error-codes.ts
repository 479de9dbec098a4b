/** The closed list of failures a person can meet, each with its cause, what was kept, and what to do. */

import { DOWNLOAD_ERROR_TEXTS } from './error-codes-downloads.ts';

export interface ErrorText {
  /** What happened, and why. */
  readonly sentence: string;
  /** What is still there, or what did not happen. */
  readonly kept: string;
  /** What to do about it. */
  readonly next: string;
}

export const ERROR_TEXTS = {
  ...DOWNLOAD_ERROR_TEXTS,
  'bad-request': {
    sentence:
      'Lull did not understand that request, because a value in it is not one that it takes.',
    kept: 'Nothing was changed.',
    next: 'Check the values named in the details and try again.',
  },
  cancelled: {
    sentence: 'You stopped this.',
    kept: 'What was finished before that is kept.',
    next: 'Start it again whenever you like.',
  },
  'chain-unreachable': {
    sentence: 'The chain that settles payments does not answer.',
    kept: 'Nothing that was signed or earned is lost.',
    next: 'Try again in a moment.',
  },
  'context-exceeded': {
    sentence: 'This conversation is longer than the model can read at once.',
    kept: 'Your conversation is kept as it is.',
    next: 'Start a new chat, shorten the message, or open a model with a larger context.',
  },
  'data-folder-unusable': {
    sentence: 'Lull cannot read or write its data folder.',
    kept: 'What lies in the folder was not changed.',
    next: 'Check the folder’s permissions, or start Lull with --data-dir and another folder.',
  },
  'disk-full': {
    sentence: 'The disk is full, so this could not be saved.',
    kept: 'What was saved before is untouched.',
    next: 'Free some space and try again.',
  },
  'endpoint-unavailable': {
    sentence: 'The local endpoint does not run, so other programs cannot ask Lull.',
    kept: 'Chat in this window works as before.',
    next: 'Settings shows why it does not run.',
  },
  'endpoint-refused': {
    sentence: 'The copy of Lull that is running could not answer.',
    kept: 'Nothing was changed in that copy.',
    next: 'The details say why; try again in a moment.',
  },
  'engine-busy': {
    sentence: 'The engine already has as many questions waiting as it can hold.',
    kept: 'The questions that wait are answered in their order.',
    next: 'Try again in a moment.',
  },
  'engine-crashed': {
    sentence: 'The engine stopped unexpectedly in the middle of its work.',
    kept: 'Nothing was lost: what was written so far is kept.',
    next: 'Try again, and a new engine starts by itself.',
  },
  'engine-restarted': {
    sentence: 'The engine was restarted or given another model before this was finished.',
    kept: 'What was written so far is kept.',
    next: 'Ask the question again.',
  },
  'engine-unavailable': {
    sentence: 'No engine on this computer could run the test model.',
    kept: 'Your settings and conversations are as they were.',
    next: 'Open Settings to see what each backend reported, then test again.',
  },
  'export-failed': {
    sentence:
      'The file could not be written there: the folder is gone, or Lull may not write in it.',
    kept: 'A file that was there before is as it was, and nothing of the ledger has changed.',
    next: 'Choose another folder and export again.',
  },
  'external-unavailable': {
    sentence: 'The server that should answer instead of Lull’s own engine does not.',
    kept: 'Nothing was charged, and your own models work as before.',
    next: 'Start that server, or stop using it in Settings.',
  },
  internal: {
    sentence: 'Something went wrong inside Lull, and it was not foreseen.',
    kept: 'What was saved before is untouched.',
    next: 'Try again; if it stays, the log in the data folder says more.',
  },
  'intent-expired': {
    sentence: 'What you confirmed is out of date, because amounts or fees may have changed since.',
    kept: 'Nothing was signed, and no money moved.',
    next: 'Look at the amounts again and confirm once more.',
  },
  'keys-sealed': {
    sentence: 'The system’s key store does not open the practice keys any more.',
    kept: 'The file with the keys is as it was; Lull never writes over it.',
    next: 'Unlock the key store and start Lull again, unless the details say something else.',
  },
  'keys-unusable': {
    sentence: 'The file with your keys is damaged.',
    kept: 'Lull does not write over it, and what was earned stays in the ledger.',
    next: 'Put a good copy of the file that the details name in its place.',
  },
  'ledger-unusable': {
    sentence: 'The ledger of relays and receipts cannot be used.',
    kept: 'The file is as it was, and local chat still works; only relays stop.',
    next: 'The details name the file: make it readable, or put a good copy in its place.',
  },
  'login-item-unavailable': {
    sentence:
      'Lull cannot be started by itself when you log in, because the system does not allow it.',
    kept: 'What starts at log-in now was not changed.',
    next: 'The details say why; you can start Lull by hand, or add it to your system’s own list.',
  },
  'model-foreign': {
    sentence: 'This file is not a GGUF model.',
    kept: 'The model that was in use stays in use.',
    next: 'Choose a file that ends in .gguf; other formats have to be converted first.',
  },
  'model-load-failed': {
    sentence: 'The engine could not load this model.',
    kept: 'The file is untouched, and so are your conversations.',
    next: 'Try another file or quantisation; the details name the cause.',
  },
  'model-malformed': {
    sentence: 'This GGUF file is damaged: its header contradicts itself.',
    kept: 'The model that was in use stays in use.',
    next: 'Download the file again and compare its checksum.',
  },
  'model-missing': {
    sentence: 'The model file is not where it was.',
    kept: 'Your conversations are kept, and the model stays on the list.',
    next: 'Put the file back, or open another model.',
  },
  'model-too-large': {
    sentence: 'This model needs more memory than this computer can give it.',
    kept: 'The file is untouched, and so are your conversations.',
    next: 'Choose a smaller model or a stronger quantisation.',
  },
  'model-truncated': {
    sentence: 'This GGUF file is incomplete: it ends before its data does.',
    kept: 'The model that was in use stays in use.',
    next: 'Finish the download, or download the file again.',
  },
  'model-unreadable': {
    sentence: 'Lull may not read this file.',
    kept: 'The model that was in use stays in use.',
    next: 'Change the file’s permissions, or copy it to a folder of your own.',
  },
  'model-unsupported': {
    sentence: 'This GGUF file is of a kind that the engine does not run.',
    kept: 'The model that was in use stays in use.',
    next: 'Choose a text model in GGUF version 2 or 3.',
  },
  'network-unavailable': {
    sentence: 'The network is not ready.',
    kept: 'Nothing was sent and nothing was charged.',
    next: 'Try again in a moment, or ask the model on this computer.',
  },
  'no-model': {
    sentence: 'No model is loaded, so nothing can answer.',
    kept: 'What you wrote is kept.',
    next: 'Open a model first.',
  },
  'not-found': {
    sentence: 'That is not there any more.',
    kept: 'Nothing was changed.',
    next: 'Go back to the list and try again from there.',
  },
  'owner-returned': {
    sentence: 'The computer’s owner came back, so the Supplier stopped in the middle.',
    kept: 'Nothing was charged for this.',
    next: 'Ask again; another Supplier may be free.',
  },
  'passphrase-weak': {
    sentence: 'This passphrase is too easy to guess.',
    kept: 'Nothing was saved with it.',
    next: 'Use at least 12 characters; four unrelated words are a good start.',
  },
  'passphrase-wrong': {
    sentence: 'The passphrase does not open this wallet.',
    kept: 'The wallet is as it was.',
    next: 'Check capital letters and keyboard layout and try again.',
  },
  'peer-broke-rules': {
    sentence: 'The Supplier answered in a way that the network’s rules do not allow.',
    kept: 'Nothing was paid for this beyond what its receipt shows.',
    next: 'Ask again; if it stays, ask the model on this computer.',
  },
  'peer-unreachable': {
    sentence: 'The Supplier could not be reached, or went away in the middle of its answer.',
    kept: 'Never more than the price shown is owed, and it is settled when the Supplier is back.',
    next: 'Ask again, or ask the model on this computer.',
  },
  'port-in-use': {
    sentence: 'Another program already uses the endpoint’s port.',
    kept: 'Chat in this window works as before.',
    next: 'Close that program, or start Lull with --port and another number.',
  },
  'receipt-wrong': {
    sentence: 'The Supplier’s receipt does not fit what was asked or answered.',
    kept: 'It was kept as evidence and is not paid.',
    next: 'Ask another Supplier.',
  },
  'phrase-invalid': {
    sentence: 'These words are not a recovery phrase.',
    kept: 'Nothing was saved.',
    next: 'The details name the first word that does not fit; check its spelling and the order.',
  },
  refused: {
    sentence: 'Lull refused a request that did not come from its own window.',
    kept: 'Nothing was done, and nothing was told.',
    next: 'If you did not expect this, restart Lull.',
  },
  'relay-refused': {
    sentence: 'The Supplier did not take the question.',
    kept: 'Nothing was charged.',
    next: 'The details say why; ask again, or ask the model on this computer.',
  },
  'settings-corrupt': {
    sentence: 'Your settings were damaged, so Lull starts with the defaults.',
    kept: 'The damaged file was kept beside the new one.',
    next: 'Open your models again.',
  },
  'signing-refused': {
    sentence: 'The key’s own policy does not allow this to be signed.',
    kept: 'Nothing was signed.',
    next: 'If you did not expect this, lock the wallet and restart Lull.',
  },
  'signer-unavailable': {
    sentence: 'The process that holds your keys does not answer.',
    kept: 'Nothing was signed, and the keys are safe on disk.',
    next: 'It is started again by itself; try once more in a moment.',
  },
  'stake-used-up': {
    sentence: 'The stake does not cover this question any more in this settlement period.',
    kept: 'Nothing was sent and nothing was charged.',
    next: 'Add stake, or wait for the next period.',
  },
  'starter-failed': {
    sentence: 'The test model could not be prepared.',
    kept: 'Models of your own work without it.',
    next: 'Run "npm ci" again, then try once more.',
  },
  'governor-corrupt': {
    sentence: 'The file in which Lull remembers when this computer served was damaged.',
    kept: 'The damaged file is kept beside a new one; what you earned is in another file.',
    next: 'Nothing has to be done: Lull begins to remember anew.',
  },
  'store-corrupt': {
    sentence: 'The file with your conversations is damaged and could not be read.',
    kept: 'Lull keeps the damaged file beside a new one.',
    next: 'If this shows up again, restart Lull.',
  },
  'transaction-failed': {
    sentence: 'The chain refused the transaction.',
    kept: 'What you earned is still in the ledger.',
    next: 'The details say why; you can try again.',
  },
  'wallet-damaged': {
    sentence: 'The wallet’s file is damaged.',
    kept: 'Lull does not write over it, and your recovery phrase restores the wallet in any case.',
    next: 'Put back the copy from before the last change; the details name it.',
  },
  'wallet-exists': {
    sentence: 'There is a wallet already, and a second one would hide it.',
    kept: 'The wallet that is there is as it was.',
    next: 'Unlock it with its passphrase.',
  },
  'wallet-locked': {
    sentence: 'The wallet is locked.',
    kept: 'Nothing was signed, and earning goes on meanwhile.',
    next: 'Unlock it with your passphrase and try again.',
  },
} as const satisfies Record<string, ErrorText>;

export type ErrorCode = keyof typeof ERROR_TEXTS;

export const ERROR_CODES = Object.keys(ERROR_TEXTS) as readonly ErrorCode[];
