/** The tray's icons as PNG files: a moon for Lull, a star in it while relays are served. */
import { crc32, deflateSync } from 'node:zlib';

/** Side of the square that the shapes are described in. */
const UNIT = 16;
/** Samples along each side of a pixel. */
const SAMPLES = 8;

/** @typedef {'off' | 'waiting' | 'serving'} TrayState */
/** @typedef {(x: number, y: number) => boolean} Shape whether a point of the unit square is inside */
/** @typedef {{ readonly shape: Shape, readonly rgb: readonly [number, number, number], readonly alpha: number }} Layer */

/** @type {readonly TrayState[]} */
const STATES = ['off', 'waiting', 'serving'];

/** The colours of the app's own icon; the grey is for what is off. */
const TEAL = /** @type {const} */ ([0x1f, 0x6f, 0x78]);
const GREY = /** @type {const} */ ([0x6b, 0x74, 0x78]);
const WHITE = /** @type {const} */ ([0xf4, 0xf8, 0xf8]);
const LIT = /** @type {const} */ ([0x7f, 0xe3, 0xb4]);
const BLACK = /** @type {const} */ ([0, 0, 0]);

/** Menu bars, task bars and panels ask for other sizes, in pixels at a scale of one. */
const FAMILIES = [
  // macOS paints a file with this name in the colour of the menu bar, by its alpha alone.
  { suffix: 'Template', side: 18, scales: [1, 2], layers: templateLayers },
  { suffix: '-16', side: 16, scales: [1, 1.5, 2], layers: badgeLayers },
  { suffix: '-24', side: 24, scales: [1, 2], layers: badgeLayers },
];

/** @returns {Map<string, Buffer>} contents by file name; the same bytes on every machine */
export function trayIcons() {
  const icons = new Map();
  for (const state of STATES) {
    for (const { suffix, side, scales, layers } of FAMILIES) {
      for (const scale of scales) {
        const at = scale === 1 ? '' : `@${String(scale)}x`;
        icons.set(`${state}${suffix}${at}.png`, encode(draw(layers(state), side * scale)));
      }
    }
  }
  return icons;
}

/**
 * Upright shapes without a ground, told apart by strength and star.
 * @param {TrayState} state
 * @returns {Layer[]}
 */
function templateLayers(state) {
  const moon = { shape: crescent(7.4, 8.2, 6.6), rgb: BLACK, alpha: state === 'off' ? 0.45 : 1 };
  return state === 'serving' ? [moon, { shape: disc(11.6, 6, 2.2), rgb: BLACK, alpha: 1 }] : [moon];
}

/**
 * On a ground of its own, because panels are light or dark and do not say which.
 * @param {TrayState} state
 * @returns {Layer[]}
 */
function badgeLayers(state) {
  const ground = { shape: badge(3.8), rgb: state === 'off' ? GREY : TEAL, alpha: 1 };
  const moon = { shape: crescent(7.4, 8.3, 5), rgb: WHITE, alpha: state === 'off' ? 0.7 : 1 };
  const layers = [ground, moon];
  return state === 'serving' ? [...layers, { shape: disc(11, 6, 2), rgb: LIT, alpha: 1 }] : layers;
}

/**
 * @param {number} cx
 * @param {number} cy
 * @param {number} radius
 * @returns {Shape}
 */
function disc(cx, cy, radius) {
  return (x, y) => (x - cx) ** 2 + (y - cy) ** 2 <= radius ** 2;
}

/**
 * A disc with another one taken out towards the upper right.
 * @param {number} cx
 * @param {number} cy
 * @param {number} radius
 * @returns {Shape}
 */
function crescent(cx, cy, radius) {
  const whole = disc(cx, cy, radius);
  const taken = disc(cx + radius * 0.52, cy - radius * 0.4, radius * 0.88);
  return (x, y) => whole(x, y) && !taken(x, y);
}

/**
 * The whole square with round corners.
 * @param {number} radius
 * @returns {Shape}
 */
function badge(radius) {
  return (x, y) => {
    const dx = Math.max(radius - x, x - (UNIT - radius), 0);
    const dy = Math.max(radius - y, y - (UNIT - radius), 0);
    return dx ** 2 + dy ** 2 <= radius ** 2;
  };
}

/**
 * @param {readonly Layer[]} layers the lowest first
 * @param {number} side in pixels
 */
function draw(layers, side) {
  const pixels = Buffer.alloc(side * side * 4);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      pixels.set(blend(layers, column, row, UNIT / side), (row * side + column) * 4);
    }
  }
  return { side, pixels };
}

/**
 * One pixel, each layer over what lies under it.
 * @param {readonly Layer[]} layers
 * @param {number} column
 * @param {number} row
 * @param {number} step side of a pixel in units
 */
function blend(layers, column, row, step) {
  let alpha = 0;
  /** @type {readonly number[]} premultiplied */
  let colour = [0, 0, 0];
  for (const layer of layers) {
    const share = coverage(layer.shape, column, row, step) * layer.alpha;
    colour = colour.map((value, index) => value * (1 - share) + (layer.rgb[index] ?? 0) * share);
    alpha = alpha * (1 - share) + share;
  }
  if (alpha === 0) return [0, 0, 0, 0];
  return [...colour.map((value) => Math.round(value / alpha)), Math.round(alpha * 255)];
}

/**
 * @param {Shape} shape
 * @param {number} column
 * @param {number} row
 * @param {number} step
 * @returns {number} the part of the pixel that is inside, 0 to 1
 */
function coverage(shape, column, row, step) {
  let inside = 0;
  for (let down = 0; down < SAMPLES; down++) {
    for (let right = 0; right < SAMPLES; right++) {
      const x = (column + (right + 0.5) / SAMPLES) * step;
      const y = (row + (down + 0.5) / SAMPLES) * step;
      if (shape(x, y)) inside += 1;
    }
  }
  return inside / SAMPLES ** 2;
}

/** @param {{ side: number, pixels: Buffer }} image */
function encode({ side, pixels }) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // Eight bits for each of red, green, blue and alpha.
  header.set([8, 6, 0, 0, 0], 8);
  const rows = Array.from({ length: side }, (_none, row) =>
    Buffer.concat([Buffer.of(0), pixels.subarray(row * side * 4, (row + 1) * side * 4)]),
  );
  return Buffer.concat([
    Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    // Stored, not compressed: how well zlib packs depends on its version, and these are small.
    chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 0 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/**
 * @param {string} type
 * @param {Buffer} data
 */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length, 0);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body), 0);
  return Buffer.concat([length, body, sum]);
}
