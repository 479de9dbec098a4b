/** As much of x11 4.2.2, which comes without types, as the adapter and its tests use. */
declare module 'x11' {
  import type { EventEmitter } from 'node:events';
  import type { Duplex } from 'node:stream';

  /** What the callback returns for an error says whether that was dealt with. */
  type Reply<Value> = (error: unknown, value: Value) => boolean;

  interface Property {
    readonly type: number;
    readonly data: Buffer;
  }

  interface Rectangle {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }

  interface Xinerama {
    QueryScreens(reply: Reply<readonly Rectangle[]>): void;
  }

  interface XClient extends EventEmitter {
    /** Undefined until there is a connection. */
    readonly stream?: Duplex;
    /** Numbers of names; one table for all servers unless each client is given its own. */
    atoms: Readonly<Record<string, number>>;
    InternAtom(onlyIfExists: boolean, name: string, reply: Reply<number>): void;
    GetProperty(
      isDeleted: 0,
      window: number,
      name: number,
      type: 0,
      offset: 0,
      longs: number,
      reply: Reply<Property>,
    ): void;
    GetGeometry(window: number, reply: Reply<{ width: number; height: number }>): void;
    TranslateCoordinates(
      from: number,
      to: number,
      x: 0,
      y: 0,
      reply: Reply<{ destX: number; destY: number }>,
    ): void;
    QueryTree(window: number, reply: Reply<{ children: readonly number[] }>): void;
    GetWindowAttributes(window: number, reply: Reply<{ mapState: number }>): void;
    AllocID(): number;
    CreateWindow(
      window: number,
      parent: number,
      x: number,
      y: number,
      width: number,
      height: number,
    ): void;
    MapWindow(window: number): void;
    DestroyWindow(window: number): void;
    ChangeProperty(
      mode: 0,
      window: number,
      name: number,
      type: number,
      bits: 8 | 32,
      data: Buffer,
      reply: Reply<unknown>,
    ): void;
    require(extension: 'xinerama', reply: Reply<Xinerama>): void;
  }

  interface Display {
    readonly screen: readonly { readonly root: number }[];
  }

  function createClient(
    options: {
      readonly display?: string;
      readonly stream?: Duplex;
      readonly shm?: false;
      readonly auth?: undefined;
    },
    ready: (error: unknown, display?: Display) => void,
  ): XClient;
}
