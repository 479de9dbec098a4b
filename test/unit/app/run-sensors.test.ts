/** `lull doctor --sensors`: every reading once, for a person or for a program. */
import { describe, expect, it } from 'vitest';
import { runSensors } from '../../../electron/app/run-sensors.ts';

const LINES = [
  { id: 'power', title: 'Power', value: 'mains', source: 'the adapter ADP1', ageMs: 1_240 },
  { id: 'lid', title: 'Lid', value: null, source: 'there is none', ageMs: null },
];

async function run(json: boolean) {
  const printed: string[] = [];
  const terminal = {
    print: (line: string) => printed.push(line),
    tell: () => undefined,
    write: () => undefined,
  };
  const code = await runSensors(() => Promise.resolve(LINES), terminal, json);
  return { code, printed };
}

describe('the sensors on the command line', () => {
  it('are one JSON object', async () => {
    const { code, printed } = await run(true);
    expect(code).toBe(0);
    expect(printed.map((line) => JSON.parse(line) as unknown)).toEqual([
      { ok: true, sensors: LINES },
    ]);
  });

  it('are a table with ages, and say what is not known', async () => {
    expect((await run(false)).printed).toEqual([
      'Power  mains      the adapter ADP1, 1.2 s ago',
      'Lid    not known  there is none',
    ]);
  });
});
