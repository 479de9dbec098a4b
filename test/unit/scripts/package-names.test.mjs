/** The right package names for each distribution. */
import { describe, expect, it } from 'vitest';
import { packagesFor, parseOsRelease } from '../../../scripts/package-names.mjs';

const BOOKWORM = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n';
const TRIXIE = 'ID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n';
const SID = 'ID=debian\nVERSION_CODENAME=forky\n';
const JAMMY = 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\n';
const NOBLE = "ID=ubuntu\nID_LIKE=debian\nVERSION_ID='24.04'\n";
const MINT_21 = 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="21.3"\nUBUNTU_CODENAME=jammy\n';
const MINT_22 = 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"\nUBUNTU_CODENAME=noble\n';

/** @param {string} text */
const window = (text) => packagesFor(parseOsRelease(text), ['window'])?.packages ?? [];

describe('packagesFor', () => {
  it.each([
    ['Debian 12', BOOKWORM],
    ['Ubuntu 22.04', JAMMY],
    ['Mint 21', MINT_21],
  ])('keeps the old names on %s', (_name, text) => {
    expect(window(text)).toContain('libasound2');
    expect(window(text).filter((name) => name.endsWith('t64'))).toEqual([]);
  });

  it.each([
    ['Debian 13', TRIXIE],
    ['Debian without a version', SID],
    ['Ubuntu 24.04', NOBLE],
    ['Mint 22', MINT_22],
  ])('uses the 64-bit time names on %s', (_name, text) => {
    const renamed = window(text).filter((name) => name.endsWith('t64'));
    expect(renamed).toEqual(['libgtk-3-0t64', 'libasound2t64', 'libatk-bridge2.0-0t64']);
    expect(window(text)).toContain('libnss3');
  });

  it('takes only the packages that are needed', () => {
    expect(packagesFor(parseOsRelease(TRIXIE), ['screen'])?.packages).toEqual(['xvfb']);
    expect(packagesFor(parseOsRelease(TRIXIE), [])?.packages).toEqual([]);
  });

  it('names another installer for other families, and none for a stranger', () => {
    expect(packagesFor({ ID: 'fedora' }, ['screen'])?.installer).toBe('dnf install');
    expect(packagesFor({ ID: 'manjaro', ID_LIKE: 'arch' }, ['window'])?.installer).toBe(
      'pacman -S',
    );
    expect(packagesFor({ ID: 'nixos' }, ['window'])).toBeNull();
  });
});

describe('parseOsRelease', () => {
  it('reads quoted, single-quoted and bare values and ignores the rest', () => {
    expect(parseOsRelease('A="x y"\nB=\'z\'\nC=1=2\n# note\n\nbroken')).toEqual({
      A: 'x y',
      B: 'z',
      C: '1=2',
    });
  });
});
