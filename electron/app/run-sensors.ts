/** `lull doctor --sensors`: every reading with its source and its age. */
import type { SensorLine } from '../ipc/governor.ts';
import { EXIT, type Terminal } from './terminal.ts';

const MS_PER_SECOND = 1_000;
const AGE_DIGITS = 1;

export async function runSensors(
  ask: () => Promise<readonly SensorLine[]>,
  terminal: Terminal,
  json: boolean,
): Promise<number> {
  const lines = await ask();
  if (json) terminal.print(JSON.stringify({ ok: true, sensors: lines }));
  else for (const line of table(lines)) terminal.print(line);
  return EXIT.ok;
}

function table(lines: readonly SensorLine[]): string[] {
  const rows = lines.map(({ title, value, source, ageMs }) => ({
    title,
    value: value ?? 'not known',
    source: ageMs === null ? source : `${source}, ${ageWords(ageMs)} ago`,
  }));
  const titleWidth = Math.max(...rows.map(({ title }) => title.length));
  const valueWidth = Math.max(...rows.map(({ value }) => value.length));
  return rows.map(
    ({ title, value, source }) =>
      `${title.padEnd(titleWidth)}  ${value.padEnd(valueWidth)}  ${source}`,
  );
}

function ageWords(ms: number): string {
  return `${(ms / MS_PER_SECOND).toFixed(AGE_DIGITS)} s`;
}
