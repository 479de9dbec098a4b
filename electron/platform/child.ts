/** A child process as the rest of the app sees it: messages in and out, an exit, a kill. */

/** One end of a channel of its own between two processes; nobody between them reads it. */
export interface Port {
  /** Structured-clone data only. Ignored once the other end has gone. */
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when the other end has gone. */
  onClose(listener: () => void): void;
  close(): void;
}

/** An end that has not been given to its process yet: the platform's own object, which only it can hand over. */
export type UnsentPort = object;

export interface Child {
  readonly pid: number | undefined;
  /**
   * Structured-clone data only. Ignored once the child has gone.
   * @param ports given to the child with the message; only an Electron utility process takes them
   */
  post(message: unknown, ports?: readonly UnsentPort[]): void;
  /** Returns a function that stops listening. */
  onMessage(listener: (message: unknown) => void): () => void;
  /**
   * Called once, also when the child could not be started. When a signal ended it, `code` is the signal's number
   * for an Electron utility process and null for a forked Node process.
   */
  onExit(listener: (code: number | null) => void): () => void;
  /** Ends the child at once and without asking it (SIGKILL where there is one). */
  kill(): void;
}

export interface ChildOptions {
  readonly args?: readonly string[];
  /** Added to the parent's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Shown by the operating system's process list where it can be. */
  readonly name: string;
}

/** Starts the process entry with this base name, `engine-process` for example. */
export type SpawnChild = (entry: string, options: ChildOptions) => Child;

/** What a process entry holds to talk to whoever started it. */
export interface ParentChannel {
  post(message: unknown): void;
  /** @param listener also gets the ports that came with the message, which most have none of */
  onMessage(listener: (message: unknown, ports?: readonly Port[]) => void): void;
  /** Called when the parent has gone; the entry should exit. */
  onDisconnect(listener: () => void): void;
}
