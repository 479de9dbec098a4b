/** Walks through a file's header with a small window, and never past its limits or the file's end. */
import { AppError } from '../platform/app-error.ts';
import type { ValueType } from './gguf-format.ts';

/** Reads `length` bytes at `offset`; fewer only where the file ends. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

export interface CursorOptions {
  readonly readAt: ReadAt;
  readonly fileSize: number;
  /** The header may not be longer, whatever it says. */
  readonly maxBytes: number;
  /** Read at once, when there is so much. */
  readonly windowBytes: number;
}

/** A byte order mark is a character like any other: two keys must not become one by losing it. */
const TEXT = new TextDecoder('utf-8', { ignoreBOM: true });

export function malformed(details: string): AppError {
  return new AppError('model-malformed', { details });
}

export function truncated(details: string): AppError {
  return new AppError('model-truncated', { details });
}

/**
 * The plain getters (`u32`, `text` …) want their bytes in the window: `await need(count)` first. That keeps the
 * common case, a value that is already there, free of promises.
 *
 * Everything throws `AppError`: `model-truncated` at the file's end, `model-malformed` beyond the limits.
 */
export class ByteCursor {
  readonly #options: CursorOptions;
  #window: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#window.buffer);
  #windowStart = 0;
  #position = 0;

  constructor(options: CursorOptions) {
    this.#options = options;
  }

  /** Bytes from the file's start. */
  get position(): number {
    return this.#position;
  }

  /** Null when `count` bytes are in the window already. */
  need(count: number): Promise<void> | null {
    return this.#inWindow(count) ? null : this.#fill(count);
  }

  skip(count: number): void {
    this.#check(count);
    this.#position += count;
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** A 64-bit length, count or offset, which must be a number that JavaScript holds exactly. */
  size(what: string): number {
    const at = this.#take(8);
    const value = this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32;
    if (!Number.isSafeInteger(value)) throw malformed(`${what} is absurdly large.`);
    return value;
  }

  text(length: number): string {
    const at = this.#take(length);
    return TEXT.decode(this.#window.subarray(at, at + length));
  }

  /** 64-bit numbers come as `bigint` only when a `number` would not be exact. */
  scalar(type: Exclude<ValueType, 'string' | 'array'>): number | bigint | boolean {
    switch (type) {
      case 'u8':
        return this.#view.getUint8(this.#take(1));
      case 'i8':
        return this.#view.getInt8(this.#take(1));
      case 'u16':
        return this.#view.getUint16(this.#take(2), true);
      case 'i16':
        return this.#view.getInt16(this.#take(2), true);
      case 'u32':
        return this.u32();
      case 'i32':
        return this.#view.getInt32(this.#take(4), true);
      case 'f32':
        return this.#view.getFloat32(this.#take(4), true);
      case 'f64':
        return this.#view.getFloat64(this.#take(8), true);
      case 'u64':
        return exact(this.#view.getBigUint64(this.#take(8), true));
      case 'i64':
        return exact(this.#view.getBigInt64(this.#take(8), true));
      case 'bool':
        return this.#flag();
    }
  }

  #flag(): boolean {
    const byte = this.#view.getUint8(this.#take(1));
    if (byte > 1) throw malformed(`A yes-or-no value is ${String(byte)}.`);
    return byte === 1;
  }

  #inWindow(count: number): boolean {
    const start = this.#position - this.#windowStart;
    return start >= 0 && start + count <= this.#window.length;
  }

  /** Moves past `count` bytes and returns where they begin in the window. */
  #take(count: number): number {
    if (!this.#inWindow(count)) throw new Error('the cursor was read before it was filled');
    const at = this.#position - this.#windowStart;
    this.#position += count;
    return at;
  }

  async #fill(count: number): Promise<void> {
    this.#check(count);
    const { readAt, fileSize, windowBytes } = this.#options;
    const length = Math.min(Math.max(count, windowBytes), fileSize - this.#position);
    const bytes = await readAt(this.#position, length);
    if (bytes.length < count) throw truncated('The file became shorter while it was read.');
    this.#window = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#windowStart = this.#position;
  }

  #check(count: number): void {
    const { fileSize, maxBytes } = this.#options;
    const end = this.#position + count;
    if (end > maxBytes) throw malformed('The header claims to be longer than any model’s.');
    if (end > fileSize) {
      throw truncated(`The file ends at byte ${String(fileSize)}, inside its header.`);
    }
  }
}

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
