/** Somebody at the keyboard of a virtual screen, and the time that the X server counts since then. */
import { createClient, type Reply, type ScreenSaver, type XClient, type XTest } from 'x11';

/** Any key that has a letter. */
const KEY = 38;

export interface X11Owner {
  /** Presses a key or moves the mouse, in turn; sent to the server at once. */
  act(): void;
  /** Moves the mouse only. */
  move(): void;
  /** Milliseconds since the server saw the last of it. */
  idleMs(): Promise<number>;
  close(): void;
}

/** @param display for example `:3` */
export async function connectOwner(display: string): Promise<X11Owner> {
  const { client, root } = await connect(display);
  const test = await answer<XTest>((reply) => {
    client.require('xtest', reply);
  });
  const saver = await answer<ScreenSaver>((reply) => {
    client.require('screen-saver', reply);
  });
  let acts = 0;
  const move = (): void => {
    test.FakeInput(test.MotionNotify, 0, 0, root, acts % 600, acts % 400);
  };
  return {
    move() {
      acts += 1;
      move();
    },
    act() {
      acts += 1;
      if (acts % 2 === 0) {
        move();
        return;
      }
      test.FakeInput(test.KeyPress, KEY, 0, 0, 0, 0);
      test.FakeInput(test.KeyRelease, KEY, 0, 0, 0, 0);
    },
    async idleMs() {
      const { idle } = await answer<{ readonly idle: number }>((reply) => {
        saver.QueryInfo(root, reply);
      });
      return idle;
    },
    close() {
      client.terminate();
    },
  };
}

async function connect(display: string): Promise<{ client: XClient; root: number }> {
  return await new Promise((resolve, reject) => {
    const client = createClient({ display }, (error, found) => {
      const root = found?.screen[0]?.root;
      if (root === undefined) reject(new Error('the X server has no screen', { cause: error }));
      else resolve({ client, root });
    });
    client.on('error', reject);
  });
}

async function answer<Value>(ask: (reply: Reply<Value>) => void): Promise<Value> {
  return await new Promise((resolve, reject) => {
    ask((error, value) => {
      if (error == null) resolve(value);
      else reject(new Error('the X server refused', { cause: error }));
      return true;
    });
  });
}
