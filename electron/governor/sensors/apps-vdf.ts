/** Reads what is needed of Steam's own text files: keys and values in quotes, inside braces. */

const PAIR = /"((?:[^"\\]|\\.)*)"\s*"((?:[^"\\]|\\.)*)"/g;

/** Every value with that key, wherever it stands; Steam writes keys in either case. */
export function vdfValues(text: string, key: string): readonly string[] {
  const wanted = key.toLowerCase();
  return text
    .split(/\r?\n/)
    .flatMap((line) =>
      [...line.matchAll(PAIR)]
        .filter(([, found = '']) => found.toLowerCase() === wanted)
        .map(([, , value = '']) => value.replace(/\\(.)/g, '$1')),
    );
}

/** The number of the game that Steam has started last and not seen ending; null when there is none. */
export function runningAppId(text: string): string | null {
  const [id] = vdfValues(text, 'RunningAppID');
  return id !== undefined && /^[1-9]\d{0,9}$/.test(id) ? id : null;
}

/** What `reg query` prints: `    RunningAppID    REG_DWORD    0x23a`. @returns null when it has no such value */
export function registryValue(text: string, name: string): string | null {
  for (const line of text.split(/\r?\n/)) {
    const [, found, kind, value] = /^\s+(\S+)\s+(REG_\w+)\s+(\S.*?)\s*$/.exec(line) ?? [];
    if (found?.toLowerCase() !== name.toLowerCase() || value === undefined) continue;
    if (kind !== 'REG_DWORD') return value;
    return /^0x[0-9a-f]{1,8}$/i.test(value) ? String(Number(value)) : null;
  }
  return null;
}
