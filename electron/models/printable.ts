/** Makes text from a file, or the name of one, safe to show. */

const MAX_SHOWN_LENGTH = 120;
const MAX_PATH_LENGTH = 300;

/**
 * A technical name, as keys and tensors have. Where a damaged length puts other contents of the file in its
 * place, those are not repeated.
 */
export function printable(text: string): string {
  return /^[\w.:/-]{1,80}$/.test(text) ? text : '(unreadable)';
}

/**
 * A name in any language, without the control and direction characters that could make it look like another.
 * @returns 120 characters at most, or null when nothing is left.
 */
export function shownName(text: string): string | null {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return plain === '' ? null : Array.from(plain).slice(0, MAX_SHOWN_LENGTH).join('');
}

/** A path for the details of a failure, likewise plain; of a very long one its end, where the file's name is. */
export function shownPath(path: string): string {
  const plain = Array.from(path.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd'));
  return plain.length <= MAX_PATH_LENGTH
    ? plain.join('')
    : `…${plain.slice(1 - MAX_PATH_LENGTH).join('')}`;
}
