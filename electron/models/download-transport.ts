/** What a download needs of the network. */
import type { AnswerHead } from './download-answer.ts';

export interface Answer {
  readonly head: AnswerHead;
  /** Host that answered at last. */
  readonly host: string;
  /** SHA-256 of the whole file, where the first host named one; 64 hex digits. */
  readonly namedSha256: string | null;
  /** Throws `TransportFault` when it is cut off. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Drops the connection. */
  close(): void;
}

export interface Transport {
  /**
   * Follows redirects. Aborting `signal` drops the connection, later on, too.
   * @throws TransportFault
   */
  get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer>;
}

/** `refused` will not be another time; `interrupted` may be. */
export class TransportFault extends Error {
  readonly kind: 'refused' | 'interrupted';

  constructor(kind: 'refused' | 'interrupted', message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'TransportFault';
    this.kind = kind;
  }
}
