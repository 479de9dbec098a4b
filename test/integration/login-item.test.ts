/** The autostart file on Linux: written where the desktop looks, and read back as the desktop reads it. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { autostartFile, createLinuxLoginItem } from '../../electron/shell/login-item-linux.ts';

/** Whatever means something to a shell, to a desktop entry or to a launcher; the last ones need more than a byte. */
const ODD = Array.from('ab /-"\'`$%\\;&|<>~*?#()=\t\n\rß→😀').concat('%f', '%%', '\\n', '$HOME');
const COMMAND = { program: '/opt/Lull/lull', args: ['--hidden'] };

describe('the autostart file', () => {
  let home: string;
  let file: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'lull-login-'));
    file = autostartFile({}, home);
  });

  afterEach(() => {
    rmSync(home, { recursive: true, force: true });
  });

  it('lies where the desktop looks for it', () => {
    expect(file).toBe(join(home, '.config/autostart/lull.desktop'));
    const config = join(home, 'elsewhere');
    expect(autostartFile({ XDG_CONFIG_HOME: config }, home)).toBe(
      join(config, 'autostart/lull.desktop'),
    );
    for (const wrong of ['', 'relative/folder']) {
      expect(autostartFile({ XDG_CONFIG_HOME: wrong }, home)).toBe(file);
    }
  });

  it('comes and goes with the setting, and says which it is', () => {
    const item = createLinuxLoginItem(file, COMMAND);
    expect(item.isOn()).toBe(false);
    item.set(false);
    item.set(true);
    item.set(true);
    expect(item.isOn()).toBe(true);
    expect(startedBy(file)).toEqual(['/opt/Lull/lull', '--hidden']);
    expect(entryOf(file).get('TryExec')).toBe('/opt/Lull/lull');
    expect(statSync(file).mode & 0o777).toBe(0o644);
    item.set(false);
    expect(item.isOn()).toBe(false);
    expect(existsSync(file)).toBe(false);
  });

  it('sees what the desktop or another copy of Lull made of it', () => {
    const item = createLinuxLoginItem(file, COMMAND);
    item.set(true);
    const text = readFileSync(file, 'utf8');
    for (const changed of [
      `${text}Hidden=true\n`,
      text.replace('X-GNOME-Autostart-enabled=true', 'X-GNOME-Autostart-enabled=false'),
      text.replaceAll('/opt/Lull', '/opt/Lull-old'),
    ]) {
      writeFileSync(file, changed);
      expect(item.isOn(), changed).toBe(false);
    }
    item.set(true);
    expect(item.isOn()).toBe(true);
  });

  it('says why it cannot be written', () => {
    mkdirSync(join(home, '.config'));
    // A file where the folder should be stops root too.
    writeFileSync(join(home, '.config/autostart'), '');
    chmodSync(join(home, '.config/autostart'), 0o600);
    const item = createLinuxLoginItem(file, COMMAND);
    expect(() => {
      item.set(true);
    }).toThrow(expect.objectContaining({ code: 'login-item-unavailable' }));
    expect(item.isOn()).toBe(false);
  });

  it('does not write what the desktop could not find', () => {
    const item = createLinuxLoginItem(file, { program: 'lull', args: [] });
    expect(() => {
      item.set(true);
    }).toThrow(expect.objectContaining({ code: 'login-item-unavailable' }));
    expect(existsSync(file)).toBe(false);
  });

  it('starts exactly that program with exactly those words, whatever is in them', () => {
    const part = fc.string({
      unit: fc.constantFrom(...ODD),
      maxLength: 12,
    });
    fc.assert(
      fc.property(part, fc.array(part, { maxLength: 3 }), (name, args) => {
        const program = `/opt/${name}`;
        const item = createLinuxLoginItem(file, { program, args });
        item.set(true);
        expect(item.isOn()).toBe(true);
        expect(entryOf(file).get('TryExec')).toBe(program);
        const started = startedBy(file);
        // The first word must hold no equal sign, so such a program is started by the shell.
        expect(started[0]).not.toContain('=');
        expect(started.slice(-1 - args.length)).toEqual([program, ...args]);
        if (program.includes('=')) {
          expect(started.slice(0, 3)).toEqual(['/bin/sh', '-c', 'exec "$0" "$@"']);
        } else expect(started).toHaveLength(1 + args.length);
      }),
    );
  });
});

/** Keys and values of the only group, with the escapes of strings undone. */
function entryOf(file: string): Map<string, string> {
  const [group, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  expect(group).toBe('[Desktop Entry]');
  return new Map(
    lines.map((line) => {
      const [, key, value] = /^([A-Za-z-]+)=(.*)$/s.exec(line) ?? [];
      if (key === undefined || value === undefined) throw new Error(`no entry: ${line}`);
      return [key, unescaped(value)];
    }),
  );
}

function unescaped(value: string): string {
  const meanings: Readonly<Record<string, string>> = {
    s: ' ',
    n: '\n',
    t: '\t',
    r: '\r',
    '\\': '\\',
  };
  return value.replace(/\\(.)/gs, (escape, letter: string) => {
    const meaning = meanings[letter];
    if (meaning === undefined) throw new Error(`no such escape: ${escape}`);
    return meaning;
  });
}

/** The words that `Exec` starts: quotes undone, then field codes. */
function startedBy(file: string): string[] {
  const exec = entryOf(file).get('Exec') ?? '';
  const words: string[] = [];
  let rest = exec;
  while (rest !== '') {
    const [whole, quoted, plain] =
      /^(?:"((?:[^"\\`$]|\\["`$\\])*)"|([^\s"'\\><~|&;$*?#()`]+))(?: |$)/s.exec(rest) ?? [];
    if (whole === undefined) throw new Error(`no word: ${rest}`);
    const word = quoted === undefined ? (plain ?? '') : quoted.replace(/\\(["`$\\])/g, '$1');
    words.push(withoutFieldCodes(word));
    rest = rest.slice(whole.length);
  }
  return words;
}

function withoutFieldCodes(word: string): string {
  return word.replace(/%(.?)/gs, (code, letter) => {
    if (letter !== '%') throw new Error(`a field code was left in: ${code}`);
    return '%';
  });
}
