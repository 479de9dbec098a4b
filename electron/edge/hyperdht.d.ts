/** As much of hyperdht 6.34.0, which comes without types, as the adapter uses. */
declare module 'hyperdht' {
  import type { EventEmitter } from 'node:events';

  interface KeyPair {
    readonly publicKey: Uint8Array;
    readonly secretKey: Uint8Array;
  }

  interface NodeAddress {
    readonly host: string;
    readonly port: number;
  }

  interface Options {
    readonly host: string;
    /** A range, of which an empty one lets the system choose. */
    readonly port?: readonly [number, number];
    readonly bootstrap?: readonly NodeAddress[];
    readonly keyPair?: KeyPair;
    readonly connectionKeepAlive?: number;
    readonly ephemeral?: boolean;
    readonly firewalled?: boolean;
  }

  interface ServerOptions {
    /** True refuses the connection. */
    readonly firewall: (remotePublicKey: Uint8Array) => boolean;
  }

  interface Server extends EventEmitter {
    listen(keyPair: KeyPair): Promise<unknown>;
    close(): Promise<void>;
    on(event: 'connection', listener: (stream: HyperDHT.SecretStream) => void): this;
  }

  class HyperDHT {
    constructor(options: Options);
    static keyPair(seed: Uint8Array): KeyPair;
    static bootstrapper(port: number, host: string, options: Options): HyperDHT;
    connect(publicKey: Uint8Array): HyperDHT.SecretStream;
    createServer(options: ServerOptions): Server;
    fullyBootstrapped(): Promise<void>;
    address(): NodeAddress | null;
    destroy(options?: { force?: boolean }): Promise<void>;
  }

  namespace HyperDHT {
    interface SecretStream extends EventEmitter {
      readonly remotePublicKey: Uint8Array;
      readonly rawStream: EventEmitter | null;
      /** Private: how long the message is that comes in now, as its sender declared it. */
      readonly _len: number;
      write(bytes: Uint8Array): boolean;
      end(): void;
      pause(): void;
      resume(): void;
      destroy(error?: Error): void;
    }
  }

  export = HyperDHT;
}
