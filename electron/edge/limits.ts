/** Every bound that the edge sets on a client, as data. */

export interface EdgeLimits {
  readonly maxBodyBytes: number;
  readonly maxHeaderBytes: number;
  /** Requests being answered at once; more are refused with 429. */
  readonly maxRequests: number;
  /** Connections at once; more are closed unread. */
  readonly maxConnections: number;
  /** From the first byte of a request to the last of its headers. */
  readonly headersTimeoutMs: number;
  /** From the first byte of a request to the last of its body. */
  readonly requestTimeoutMs: number;
  /** How often those two are looked at. */
  readonly timeoutCheckMs: number;
  /** An idle connection is closed after this. */
  readonly keepAliveMs: number;
  /** A client that takes nothing of what is ready for it is cut off after this. */
  readonly stallMs: number;
}

export const EDGE_LIMITS: EdgeLimits = {
  maxBodyBytes: 4 * 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  maxRequests: 64,
  maxConnections: 256,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  timeoutCheckMs: 1_000,
  keepAliveMs: 15_000,
  stallMs: 30_000,
};
