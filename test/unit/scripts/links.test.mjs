/** The account that root steps down to leads root nowhere: no link is followed, no terminal shared. */
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { chmodSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { shareDisplayCookie } from '../../../scripts/display-cookie.mjs';
import { spawnWithoutTerminal } from '../../../scripts/launcher.mjs';
import { giveTo } from '../../../scripts/output-folder.mjs';
import { collect } from '../../../scripts/run-command.mjs';
import { changeableBy } from '../../../scripts/sandbox.mjs';

const uid = process.getuid?.() ?? 0;
const gid = process.getgid?.() ?? 0;
const account = { name: 'lull', uid, gid, home: '/nowhere', groups: [] };
let base = '';
let victim = '';

beforeEach(() => {
  base = mkdtempSync(path.join(realpathSync(tmpdir()), 'lull-links-'));
  victim = path.join(base, 'victim');
  mkdirSync(victim);
  writeFileSync(path.join(victim, 'file'), 'precious');
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(base, { recursive: true, force: true });
});

/** A change of owner, even to the same one, moves it. */
const touched = () => statSync(path.join(victim, 'file'), { bigint: true }).ctimeNs;

describe.skipIf(process.platform === 'win32')('an output folder', () => {
  it('is made where there is none, and kept with all that is in it', () => {
    const folder = path.join(base, 'new', 'output');
    giveTo(account, folder);
    writeFileSync(path.join(folder, 'kept'), '');
    giveTo(account, folder);
    expect(lstatSync(path.join(folder, 'kept')).isFile()).toBe(true);
  });

  it('is not entered, so that a link inside leads nowhere', () => {
    const folder = path.join(base, 'output');
    mkdirSync(folder);
    symlinkSync(victim, path.join(folder, 'link'));
    const before = touched();
    giveTo(account, folder);
    expect(touched()).toBe(before);
  });

  it('takes the place of a link, and leaves what the link names alone', () => {
    const folder = path.join(base, 'output');
    symlinkSync(victim, folder);
    giveTo(account, folder);
    expect(lstatSync(folder).isDirectory()).toBe(true);
    expect(readFileSync(path.join(victim, 'file'), 'utf8')).toBe('precious');
  });
});

describe.skipIf(process.platform === 'win32')('the copy of the X cookie', () => {
  beforeEach(() => {
    writeFileSync(path.join(base, 'cookie'), 'secret');
    vi.stubEnv('XAUTHORITY', path.join(base, 'cookie'));
  });

  it('replaces a link instead of writing through it', () => {
    const folder = path.join(base, 'run');
    mkdirSync(folder, { mode: 0o755 });
    for (const name of ['Xauthority', `Xauthority.${String(process.pid)}`]) {
      symlinkSync(path.join(victim, 'file'), path.join(folder, name));
    }
    const copy = shareDisplayCookie(account, folder) ?? '';
    expect(lstatSync(copy).isFile()).toBe(true);
    expect(lstatSync(copy).mode & 0o777).toBe(0o600);
    expect(readFileSync(copy, 'utf8')).toBe('secret');
    expect(readFileSync(path.join(victim, 'file'), 'utf8')).toBe('precious');
  });

  it('is refused a folder that others may change', () => {
    const folder = path.join(base, 'run');
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    expect(() => shareDisplayCookie(account, folder)).toThrow('Others may change');
  });

  it('is not made where there is no cookie', () => {
    vi.stubEnv('XAUTHORITY', path.join(base, 'none'));
    expect(shareDisplayCookie(account, path.join(base, 'run'))).toBeNull();
  });
});

describe.skipIf(process.platform === 'win32')('changeableBy', () => {
  it('accepts a path that belongs to its owner and to root alone', () => {
    const file = path.join(victim, 'file');
    chmodSync(file, 0o755);
    expect(changeableBy(file, uid)).toBeNull();
  });

  it('names the folder in which others could replace the file', () => {
    const file = path.join(victim, 'file');
    chmodSync(file, 0o755);
    chmodSync(base, 0o777);
    expect(changeableBy(file, uid)).toBe(base);
    chmodSync(base, 0o1777);
    expect(changeableBy(file, uid)).toBeNull();
    chmodSync(file, 0o1777);
    expect(changeableBy(file, uid)).toBe(file);
  });

  it('names what belongs to another account', () => {
    const stranger = uid + 1;
    const found = changeableBy(path.join(victim, 'file'), stranger);
    expect(found).toBe(uid === 0 ? null : path.join(victim, 'file'));
  });
});

it.skipIf(process.platform !== 'linux')(
  'what the account runs has a session and no input of root',
  async () => {
    const script = 'readlink /proc/$$/fd/0; cut -d" " -f6 /proc/$$/stat';
    const stdio = /** @type {const} */ (['inherit', 'pipe', 'ignore']);
    const child = spawnWithoutTerminal('/bin/sh', ['-c', script], { stdio: [...stdio] });
    const { stdout } = await collect(child, {});
    expect(stdout).toBe(`/dev/null\n${String(child.pid)}\n`);
  },
);
