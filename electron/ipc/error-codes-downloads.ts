/** The failures of getting a model, as the catalogue in `error-codes.ts` has them. */
import type { ErrorText } from './error-codes.ts';

export const DOWNLOAD_ERROR_TEXTS = {
  'catalogue-damaged': {
    sentence: 'The list of models that came with Lull is damaged, so nothing on it is offered.',
    kept: 'Models that you have are there and work.',
    next: 'Install Lull again, or open a model file of your own.',
  },
  'download-changed': {
    sentence: 'The file that the server has now is not the one that was being downloaded.',
    kept: 'What had arrived of the old one was deleted, and nothing of it was opened.',
    next: 'Start the download again.',
  },
  'download-damaged': {
    sentence: 'What arrived is not the file that was promised: its SHA-256 is another.',
    kept: 'It was not opened and not put on the list.',
    next: 'Try again; if it comes back, the source offers another file under that name.',
  },
  'download-failed': {
    sentence: 'The download stopped, because no source goes on with it.',
    kept: 'What has arrived is kept, and the download goes on from there.',
    next: 'Check the connection and press Resume.',
  },
  'disk-too-small': {
    sentence: 'There is not enough free space for this model.',
    kept: 'What has arrived so far, if anything, is kept.',
    next: 'Free the space that the details name, or choose a smaller model.',
  },
  'hub-unreachable': {
    sentence: 'The model hub does not answer.',
    kept: 'Models that you have work without it.',
    next: 'Check the connection and search again.',
  },
} as const satisfies Record<string, ErrorText>;
