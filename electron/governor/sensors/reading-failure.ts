/** Why something could not be read, in words for a person. */
import { BusError } from './bus.ts';
import { codeOf } from './files.ts';

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'the system does not let Lull read it',
  EPERM: 'the system does not let Lull read it',
  EBUSY: 'it is asleep or busy',
  EIO: 'the device answers with an error',
  ENODEV: 'the device has gone',
  ENOENT: 'it is not there',
  EAGAIN: 'it has nothing to say yet',
  ENODATA: 'it has nothing to say yet',
  ETIMEDOUT: 'it does not answer',
};

export function failureText(error: unknown): string {
  if (error instanceof BusError) return error.message;
  const code = codeOf(error);
  const words = WORDS[code];
  if (words !== undefined) return `${words} (${code})`;
  if (code !== '') return `it cannot be read (${code})`;
  return error instanceof Error && error.message !== '' ? error.message : 'it cannot be read';
}
