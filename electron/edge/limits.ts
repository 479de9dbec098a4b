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

/** What one peer may do to another; each value with its reason in docs and tests, none of them negotiable. */
export interface PeerLimits {
  /** From the dial to an encrypted connection. */
  readonly connectMs: number;
  /** Connections at once whose other end has proved nothing yet. */
  readonly maxUnopened: number;
  readonly maxSessions: number;
  readonly maxSessionsPerKey: number;
  readonly maxStreamsPerSession: number;
  readonly maxStreamsPerKey: number;
  /** Streams of all peers together. */
  readonly maxStreams: number;
  /** A session that resets more streams than this within `resetWindowMs` is closed. */
  readonly maxResets: number;
  readonly resetWindowMs: number;
  readonly maxHeaderBytes: number;
  readonly maxBodyBytes: number;
  /** From the head of a request to the last byte of its body. */
  readonly bodyMs: number;
  /** What the protocol engine may hold for one session, in units of 1,000,000 bytes. */
  readonly sessionMemoryMb: number;
  readonly maxFrameBytes: number;
  /** Bytes of a stream that may be on their way to a reader who has not taken them. */
  readonly streamWindowBytes: number;
  readonly sessionWindowBytes: number;
  /** One message of the encrypted stream under HTTP/2, which never needs more than a few frames. */
  readonly maxMessageBytes: number;
  /** A whole streamed answer. */
  readonly maxReplyBytes: number;
  /** An answer of one piece: card, resync. */
  readonly maxAnswerBytes: number;
  /** One event of a streamed answer. */
  readonly maxEventBytes: number;
  /** A reader that takes nothing of what is ready for it loses its stream after this. */
  readonly stallMs: number;
  readonly firstTokenMs: number;
  /** How often a stream without a token says that it is alive. */
  readonly commentMs: number;
  readonly gapMs: number;
  readonly wholeMs: number;
  /** For an answer of one piece. */
  readonly answerMs: number;
  /** Between two pings while a stream is open. */
  readonly pingMs: number;
  readonly idlePingMs: number;
  /** Without a pong for this long the other end counts as gone. */
  readonly deadMs: number;
  /** A session that a client opened is closed when it was not used for this long. */
  readonly warmMs: number;
}

export const PEER_LIMITS: PeerLimits = {
  connectMs: 10_000,
  maxUnopened: 32,
  maxSessions: 256,
  maxSessionsPerKey: 4,
  maxStreamsPerSession: 16,
  maxStreamsPerKey: 32,
  maxStreams: 256,
  maxResets: 20,
  resetWindowMs: 10_000,
  maxHeaderBytes: 16 * 1024,
  maxBodyBytes: 1024 * 1024,
  bodyMs: 30_000,
  sessionMemoryMb: 8,
  maxFrameBytes: 16 * 1024,
  streamWindowBytes: 256 * 1024,
  sessionWindowBytes: 1024 * 1024,
  maxMessageBytes: 1024 * 1024,
  maxReplyBytes: 4 * 1024 * 1024,
  maxAnswerBytes: 256 * 1024,
  maxEventBytes: 1024 * 1024,
  stallMs: 30_000,
  firstTokenMs: 60_000,
  commentMs: 10_000,
  gapMs: 30_000,
  wholeMs: 15 * 60_000,
  answerMs: 30_000,
  pingMs: 2_000,
  idlePingMs: 20_000,
  deadMs: 6_000,
  warmMs: 5 * 60_000,
};

/** How far main and the edge may run ahead of each other on one stream before the other one has taken it. */
export interface CreditLimits {
  readonly maxEvents: number;
  /** Of JSON text, in UTF-16 units. */
  readonly maxLength: number;
}

export const PEER_CREDITS: CreditLimits = { maxEvents: 32, maxLength: 64 * 1024 };
