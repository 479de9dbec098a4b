/** Makes a name from a file safe to show: short, and without anything that could disturb a terminal. */

const MAX_LENGTH = 80;

export function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, MAX_LENGTH);
}
