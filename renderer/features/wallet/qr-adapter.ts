/** Turns a text into the dark squares of a QR code. */
import encodeQR from 'qr';

/** Light squares around the code; readers need four. */
const QUIET = 4;

export interface QrSquares {
  /** Squares on each side, the light border included. */
  readonly size: number;
  /** As one path of unit squares. */
  readonly path: string;
}

export function qrSquares(text: string): QrSquares {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET });
  const path = rows
    .flatMap((row, y) =>
      row.map((isDark, x) => (isDark ? `M${String(x)} ${String(y)}h1v1h-1z` : '')),
    )
    .join('');
  return { size: rows.length, path };
}
