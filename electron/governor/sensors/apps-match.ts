/** Whether a running program is one of those that its owner named. */

/** One running program, by every name that it goes by. */
export interface Process {
  readonly pid: number;
  /** File names, with or without a folder; the first that is on the list counts. */
  readonly names: readonly string[];
}

/** Windows' own ending, which games keep where they run on another system. */
const ENDING = /\.exe$/i;

/** The names on the list that run now, as their owner wrote them and each once. */
export function runningOf(
  games: readonly string[],
  processes: readonly Process[],
): readonly string[] {
  const running = new Set(processes.flatMap(({ names }) => names.map(programName)));
  const seen = new Set<string>();
  return games.filter((game) => {
    const name = programName(game);
    if (name === '' || seen.has(name) || !running.has(name)) return false;
    seen.add(name);
    return true;
  });
}

/** Without its folder and ending, for comparing: the whole name has to be the same. */
export function programName(file: string): string {
  const base = file.trim().split(/[\\/]/).at(-1) ?? '';
  return base.replace(ENDING, '').toLowerCase();
}
