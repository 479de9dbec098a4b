/** Removes from a log line what must never be kept: the home folder's name, tokens, keys. */

const RULES: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer\s+)\S+/gi, '$1[token]'],
  [/\blull-[A-Za-z0-9_-]{16,}/g, '[token]'],
  [/\b(0x)?[0-9a-fA-F]{64}\b/g, '[64 hex digits]'],
  [/(\/(?:home|Users)\/)[^/\s]+/g, '$1[user]'],
  [/([A-Za-z]:\\Users\\)[^\\\s]+/g, '$1[user]'],
];

export function redact(text: string): string {
  return RULES.reduce((line, [pattern, replacement]) => line.replace(pattern, replacement), text);
}
