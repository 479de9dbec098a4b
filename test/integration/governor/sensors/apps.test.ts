/** Running programs: real ones, Steam's files, what other systems print, and GameMode on a bus. */
import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runningOf } from '../../../../electron/governor/sensors/apps-match.ts';
import { createLinuxProcesses } from '../../../../electron/governor/sensors/apps-processes.ts';
import { createAppReaders } from '../../../../electron/governor/sensors/apps-readers.ts';
import { BusError, type Bus } from '../../../../electron/governor/sensors/bus.ts';
import { systemFiles } from '../../../../electron/governor/sensors/files.ts';
import type { RunTool } from '../../../../electron/governor/sensors/run-tool.ts';
import type { RunningApp, Wish } from '../../../../electron/governor/sensors.ts';
import { systemClock } from '../../../../electron/platform/clock.ts';
import { createMemoryLog } from '../../../fakes/memory-log.ts';

let root: string;
let child: ChildProcess | null = null;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'lull-apps-'));
});
afterEach(() => {
  child?.kill('SIGKILL');
  child = null;
  rmSync(root, { recursive: true, force: true });
});

interface Options {
  readonly platform?: NodeJS.Platform;
  readonly procRoot?: string;
  readonly sessionBus?: Bus;
  readonly runTool?: RunTool;
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

/** As the runner does it: all lists side by side. */
async function look(options: Options, wish: Partial<Wish> = {}): Promise<readonly RunningApp[]> {
  const readers = createAppReaders({
    platform: options.platform ?? 'linux',
    clock: systemClock,
    log: createMemoryLog(),
    sysRoot: root,
    procRoot: options.procRoot ?? path.join(root, 'proc'),
    files: systemFiles,
    systemBus: null,
    sessionBus: options.sessionBus ?? null,
    home: root,
    runTool: options.runTool ?? (() => Promise.reject(new Error('not there'))),
  });
  const all = { everyMs: 1_000, withGpu: false, games: [], ownPids: [], ...wish };
  const outcomes = await Promise.all(readers.map((reader) => reader.read(all)));
  return outcomes.flatMap(({ values }) => values.apps ?? []);
}

describe('the owner’s own list', () => {
  test('names a real program by the whole of its name, in either case', async () => {
    const program = path.join(root, 'SpaceGame.x86_64');
    copyFileSync('/bin/sleep', program);
    child = spawn(program, ['60']);
    const own = [child.pid ?? 0];
    const games = ['space', 'SpaceGame', 'spacegame.X86_64.exe', 'ame.x86_64'];
    const found = [{ name: 'spacegame.X86_64.exe', by: 'list' }];
    await vi.waitFor(async () =>
      expect(await look({ procRoot: '/proc' }, { games })).toEqual(found),
    );
    expect(await look({ procRoot: '/proc' }, { games, ownPids: own })).toEqual([]);
  });

  test('names a Windows game whose name Linux has cut', async () => {
    write('proc/7/comm', 'Cyberpunk2077.e\n');
    write('proc/7/cmdline', 'Z:\\games\\Cyberpunk2077.exe\0--fast\0');
    symlinkSync('/usr/bin/wine64-preloader', path.join(root, 'proc/7/exe'));
    // Its name begins alike, and it is another one.
    write('proc/8/comm', 'GameLauncherHel\n');
    write('proc/8/cmdline', '/opt/GameLauncherHelperTwo\0');
    symlinkSync('/opt/interpreter', path.join(root, 'proc/8/exe'));
    // Of another account, or of the kernel.
    write('proc/9/comm', 'GameLauncherHelperOne\n');
    const games = ['cyberpunk2077', 'GameLauncherHelperOne', ''];
    expect(await look({}, { games })).toEqual([{ name: 'cyberpunk2077', by: 'list' }]);
  });

  test('asks old processes seldom, and notices all the same what becomes of each', async () => {
    const asked: string[] = [];
    const files = {
      ...systemFiles,
      readLink: (file: string) => {
        asked.push(file);
        return systemFiles.readLink(file);
      },
    };
    const list = createLinuxProcesses(files, path.join(root, 'proc'));
    const running = async () => runningOf(['Hades'], await list(['Hades']));
    const become = (pid: number, program: string) => {
      rmSync(path.join(root, `proc/${pid}`), { recursive: true, force: true });
      write(`proc/${pid}/comm`, path.basename(program));
      symlinkSync(program, path.join(root, `proc/${pid}/exe`));
    };
    for (let pid = 100; pid < 180; pid += 1) become(pid, '/usr/bin/idle');
    for (let look = 0; look < 4; look += 1) expect(await running()).toEqual([]);
    asked.length = 0;
    for (let look = 0; look < 8; look += 1) expect(await running()).toEqual([]);
    expect(asked).toHaveLength(80);
    // A new one, also one that was its own launcher a moment ago.
    become(200, '/usr/bin/sh');
    expect(await running()).toEqual([]);
    become(200, '/games/Hades');
    expect(await running()).toEqual(['Hades']);
    rmSync(path.join(root, 'proc/200'), { recursive: true });
    expect(await running()).toEqual([]);
    // Another list looks at all of them anew, and an old process that changes is found within a round.
    become(150, '/games/Hades');
    const found: boolean[] = [];
    for (let look = 0; look < 8; look += 1) found.push((await running()).length > 0);
    expect(found.at(-1)).toBe(true);
    asked.length = 0;
    await list(['Hades', 'Doom']);
    expect(asked).toHaveLength(80);
  });

  test('is compared with what Windows and macOS print', async () => {
    const runTool: RunTool = async (file) => {
      if (file === 'tasklist') {
        return '"System Idle Process","0","Services","0","8 K"\r\n"Hades.exe","77","Console","1","1,0 K"\r\n';
      }
      if (file === 'ps')
        return '  1 /sbin/launchd\n 99 /Applications/Hades II.app/Contents/MacOS/hades2\n';
      throw new Error('not there');
    };
    const games = ['hades', 'Hades II', 'launch'];
    expect(await look({ platform: 'win32', runTool }, { games })).toEqual([
      { name: 'hades', by: 'list' },
    ]);
    expect(await look({ platform: 'darwin', runTool }, { games })).toEqual([
      { name: 'Hades II', by: 'list' },
    ]);
  });

  test('that is empty starts and reads nothing', async () => {
    expect(await look({ procRoot: path.join(root, 'none') })).toEqual([]);
    expect(await look({ platform: 'darwin' })).toEqual([]);
  });
});

describe('Steam', () => {
  const registry = (id: number) =>
    `"Registry"\n{\n\t"HKCU"\n\t{\n\t\t"Steam"\n\t\t{\n\t\t\t"RunningAppID"\t\t"${id}"\n\t\t}\n\t}\n}\n`;
  const manifest = '"AppState"\n{\n\t"appid"\t\t"570"\n\t"name"\t\t"Dota \\"2\\""\n}\n';

  test('marks the running game, with its name from another library', async () => {
    write('.steam/registry.vdf', registry(570));
    write('.steam/steam.pid', '42\n');
    write('proc/42/comm', 'steam\n');
    const library = path.join(root, 'disk');
    const folders = `"libraryfolders"\n{\n"0"\n{\n"path"\t\t"${library}"\n}\n}`;
    write('.local/share/Steam/steamapps/libraryfolders.vdf', folders);
    write('disk/steamapps/appmanifest_570.acf', manifest);
    expect(await look({})).toEqual([{ name: 'Dota "2"', by: 'mark' }]);
    rmSync(path.join(root, 'proc/42'), { recursive: true });
    // It was killed, and its mark is an old one.
    expect(await look({})).toEqual([]);
  });

  test.each(['.var/app/com.valvesoftware.Steam', 'snap/steam/common'])('in %s', async (folder) => {
    write(`${folder}/.steam/registry.vdf`, registry(0));
    expect(await look({})).toEqual([]);
    write(`${folder}/.steam/registry.vdf`, registry(620));
    expect(await look({})).toEqual([{ name: 'Steam game 620', by: 'mark' }]);
  });

  test('on Windows says so in the registry', async () => {
    write('Steam/steamapps/appmanifest_570.acf', manifest);
    let id = '0x23a';
    const runTool: RunTool = async (_file, args) =>
      `\r\nHKEY_CURRENT_USER\\Software\\Valve\\Steam\r\n    ${
        args.includes('RunningAppID')
          ? `RunningAppID    REG_DWORD    ${id}`
          : `SteamPath    REG_SZ    ${path.join(root, 'Steam')}`
      }\r\n\r\n`;
    expect(await look({ platform: 'win32', runTool })).toEqual([{ name: 'Dota "2"', by: 'mark' }]);
    id = '0x0';
    expect(await look({ platform: 'win32', runTool })).toEqual([]);
  });
});

describe('GameMode', () => {
  const bus = (answer: (member: string) => readonly unknown[]): Bus => ({
    call: async ({ member }) => answer(member),
    close: () => undefined,
  });

  test('names the programs that asked for it, but not ours', async () => {
    write('proc/7/comm', 'supertuxkart\n');
    const sessionBus = bus(() => [
      [
        [7, '/com/feralinteractive/GameMode/Games/7'],
        [8, '/com/feralinteractive/GameMode/Games/8'],
        [9, '/com/feralinteractive/GameMode/Games/9'],
      ],
    ]);
    expect(await look({ sessionBus }, { ownPids: [9] })).toEqual([
      { name: 'supertuxkart', by: 'mark' },
      { name: 'a game', by: 'mark' },
    ]);
  });

  test('of an older kind only counts', async () => {
    const counting = (count: number) =>
      bus((member) => {
        if (member === 'ListGames') throw new BusError('refused', 'UnknownMethod');
        return [[[{ type: 'i', child: [] }], [count]]];
      });
    expect(await look({ sessionBus: counting(1) })).toEqual([{ name: 'a game', by: 'mark' }]);
    expect(await look({ sessionBus: counting(0) })).toEqual([]);
  });

  test('that is not there means no games; a bus that is broken means nothing', async () => {
    const failing = (failure: 'absent' | 'broken') =>
      look({
        sessionBus: bus(() => {
          throw new BusError(failure, failure);
        }),
      });
    expect(await failing('absent')).toEqual([]);
    await expect(failing('broken')).rejects.toThrow('broken');
  });
});
