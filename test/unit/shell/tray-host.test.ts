/** A desktop without a place for tray icons is recognised, so that Lull never hides where nobody finds it. */
import { describe, expect, it } from 'vitest';
import { hasTrayHost, type AskProgram } from '../../../electron/shell/tray-host.ts';

const BUS = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' };

/** @param answers what each program prints; those left out are not installed */
function programs(answers: Readonly<Record<string, string>>): {
  readonly ask: AskProgram;
  readonly asked: string[];
} {
  const asked: string[] = [];
  return {
    asked,
    ask: async (program) => {
      asked.push(program);
      return answers[program] ?? null;
    },
  };
}

describe('hasTrayHost', () => {
  it('asks nobody where every desktop has one', async () => {
    const { ask, asked } = programs({});
    expect(await hasTrayHost({ platform: 'darwin', env: {}, ask })).toBe(true);
    expect(await hasTrayHost({ platform: 'win32', env: {}, ask })).toBe(true);
    expect(asked).toEqual([]);
  });

  it('believes the first program that answers', async () => {
    const cases = [
      [{ gdbus: '(<true>,)\n' }, true],
      [{ gdbus: '(<false>,)\n', busctl: 'b true' }, false],
      [{ busctl: 'b true\n' }, true],
      [{ busctl: 'b false\n' }, false],
      [{ 'dbus-send': '   variant       boolean true\n' }, true],
      [{}, false],
    ] as const;
    for (const [answers, expected] of cases) {
      const { ask } = programs(answers);
      expect(await hasTrayHost({ platform: 'linux', env: BUS, ask })).toBe(expected);
    }
  });

  it('starts no program without a session bus, which some of them would bring up', async () => {
    const { ask, asked } = programs({ gdbus: '(<true>,)' });
    const env = { XDG_RUNTIME_DIR: '/nowhere/at/all' };
    expect(await hasTrayHost({ platform: 'linux', env, ask })).toBe(false);
    expect(asked).toEqual([]);
  });
});
