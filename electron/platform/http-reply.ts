/** One HTTP answer as whoever writes it sees it, whatever server is behind. */

/** The answer to one HTTP request; calls after the client has gone do nothing. */
export interface HttpReply {
  json(status: number, body: unknown, headers?: Readonly<Record<string, string>>): void;
  /** Sends status 200 and begins server-sent events. */
  events(): EventStream;
}

export interface EventStream {
  /** False when the reader is behind: write again after `onDrain`. */
  write(text: string): boolean;
  onDrain(listener: () => void): void;
  end(): void;
  /** Drops the connection and what was not sent. */
  cut(): void;
}
