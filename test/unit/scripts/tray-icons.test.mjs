/** The tray's icons that are committed are the ones that are drawn, and can be told apart. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { trayIcons } from '../../../scripts/tray-icons.mjs';

const folder = path.resolve(import.meta.dirname, '../../../resources/icons/tray');
const icons = trayIcons();

describe('trayIcons', () => {
  it('are the committed files, byte for byte', () => {
    expect(readdirSync(folder).sort()).toEqual([...icons.keys()].sort());
    for (const [name, bytes] of icons) {
      expect(readFileSync(path.join(folder, name)).equals(bytes), name).toBe(true);
    }
  });

  it('differ from state to state in every size', () => {
    for (const kind of ['Template', '-16', '-24']) {
      const three = ['off', 'waiting', 'serving'].map((state) =>
        pixelsOf(icons.get(`${state}${kind}.png`)),
      );
      expect(new Set(three.map((pixels) => pixels.toString('hex'))).size, kind).toBe(3);
    }
  });

  it('leave the colour of a menu bar to macOS', () => {
    const pixels = pixelsOf(icons.get('servingTemplate.png'));
    const colours = pixels.filter((_value, index) => index % 4 !== 3);
    expect(colours.every((value) => value === 0)).toBe(true);
    expect(pixels.some((value) => value === 255)).toBe(true);
  });
});

/**
 * The pixels of a file that these scripts drew: one header, one block of data, no filters.
 * @param {Buffer | undefined} file
 */
function pixelsOf(file) {
  if (file === undefined) throw new Error('no such icon');
  const side = file.readUInt32BE(16);
  const data = file.indexOf('IDAT');
  const rows = inflateSync(file.subarray(data + 4, data + 4 + file.readUInt32BE(data - 4)));
  const length = side * 4 + 1;
  return Buffer.concat(
    Array.from({ length: side }, (_none, row) =>
      rows.subarray(row * length + 1, (row + 1) * length),
    ),
  );
}
