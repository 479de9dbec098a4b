/** Recognises files that people take for GGUF models, so that the refusal can say what they have. */
import { AppError } from '../platform/app-error.ts';

interface Format {
  readonly details: string;
  readonly matches: (start: Uint8Array, text: string) => boolean;
}

const startsWith =
  (...prefixes: readonly string[]) =>
  (_: Uint8Array, text: string): boolean =>
    prefixes.some((prefix) => text.startsWith(prefix));

/** The first that matches wins. */
const FORMATS: readonly Format[] = [
  {
    details:
      'It is a pointer to a file in Git LFS, not the file itself: fetch it with "git lfs pull".',
    matches: startsWith('version https://git-lfs'),
  },
  {
    details: 'It is a safetensors file; look for the GGUF version of this model.',
    matches: (start) => start[8] === 0x7b && lengthBefore(start) > 1,
  },
  {
    details:
      'It is a ZIP archive, most likely PyTorch weights; look for the GGUF version of this model.',
    matches: startsWith('PK\x03\x04', 'PK\x05\x06'),
  },
  {
    details:
      'It is a Python pickle, most likely PyTorch weights; look for the GGUF version of this model.',
    matches: (start) => start[0] === 0x80 && within(start[1], 2, 5),
  },
  {
    details:
      'It is in the GGML format that came before GGUF; look for a newer version of this model.',
    matches: startsWith('lmgg', 'fmgg', 'tjgg', 'algg', 'ggml', 'ggmf', 'ggjt', 'ggla'),
  },
  {
    details: 'It is a web page, most likely an error or log-in page saved in place of the model.',
    matches: (_, text) =>
      /^\s*<(?:!doctype|!--|html|head|\?xml)/i.test(text.replace('\u00ef\u00bb\u00bf', '')),
  },
  {
    details: 'It is a gzip, 7-Zip, xz, zstd or RAR archive: unpack it first.',
    matches: startsWith('\x1f\x8b', '7z\xbc\xaf', '\xfd7zXZ', '\x28\xb5\x2f\xfd', 'Rar!'),
  },
  {
    details: 'It is a tar archive: unpack it first.',
    matches: (_, text) => text.slice(257, 262) === 'ustar',
  },
  { details: 'It is an HDF5 (Keras) file.', matches: startsWith('\x89HDF') },
  { details: 'It is a TensorFlow Lite file.', matches: (_, text) => text.slice(4, 8) === 'TFL3' },
  {
    details: 'It is JSON text, perhaps a configuration file that belongs to a model.',
    matches: (_, text) => /^\s*[[{]\s*["{[\]}]/.test(text),
  },
  {
    details: 'It looks like an ONNX file; look for the GGUF version of this model.',
    matches: looksLikeOnnx,
  },
];

/** @param start the first bytes of the file, a few hundred of them where there are so many. */
export function foreignFormat(start: Uint8Array): AppError {
  if (start.every((byte) => byte === 0)) {
    const details = 'It begins with zeros only: the download did not get that far.';
    return new AppError('model-truncated', { details });
  }
  const text = Array.from(start, (byte) => String.fromCharCode(byte)).join('');
  if (text.startsWith('FUGG')) {
    const details = 'It was written for big-endian computers; Lull reads little-endian files only.';
    return new AppError('model-unsupported', { details });
  }
  const details = FORMATS.find(({ matches }) => matches(start, text))?.details;
  return new AppError('model-foreign', details === undefined ? {} : { details });
}

/** Safetensors begins with the length of its JSON header in eight bytes. */
function lengthBefore(start: Uint8Array): number {
  const view = new DataView(start.buffer, start.byteOffset, start.length);
  const length = view.getBigUint64(0, true);
  return length < 1n << 32n ? Number(length) : 0;
}

/** Protobuf: field 1, the format version, a small number; then the producer's name, domain, graph or opset. */
function looksLikeOnnx(start: Uint8Array): boolean {
  const next = start[2];
  return (
    start[0] === 0x08 &&
    within(start[1], 1, 30) &&
    [0x12, 0x1a, 0x22, 0x3a, 0x42].includes(next ?? 0)
  );
}

function within(value: number | undefined, low: number, high: number): boolean {
  return value !== undefined && value >= low && value <= high;
}
