/** A real X server without a screen, and a program with windows on it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createClient, type XClient } from 'x11';

export interface XScreen {
  readonly display: string;
  /** Stops answering, without closing anything. */
  freeze(): void;
  thaw(): void;
  /** @returns once it has gone */
  end(): Promise<void>;
}

/** @param display another one than the system would choose, such as `:71` */
export async function startXScreen(display?: string): Promise<XScreen> {
  const options = ['-screen', '0', '640x480x24', '-nolisten', 'tcp', '-displayfd', '1'];
  const server = spawn('Xvfb', [...(display === undefined ? [] : [display]), ...options], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const number = await firstLine(server);
  const hasGone = new Promise<void>((resolve) => {
    server.once('exit', () => resolve());
  });
  return {
    display: display ?? `:${number}`,
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    async end() {
      server.kill('SIGKILL');
      await hasGone;
    },
  };
}

function firstLine(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', () => reject(new Error('Xvfb did not start')));
    server.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8').trim()));
  });
}

export interface XWindow {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
  readonly name?: string;
  readonly pid?: number;
  readonly state?: string;
  readonly type?: string;
}

export interface XProgram {
  open(window: XWindow): Promise<number>;
  /** As a desktop would: names the window in front. Zero is none. */
  activate(window: number): Promise<void>;
  close(window: number): Promise<void>;
  end(): void;
}

const CARDINAL = 6;
const ATOM = 4;
const STRING = 31;
const WINDOW = 33;

export async function startXProgram(display: string): Promise<XProgram> {
  const { client, root } = await connect(display);
  const atom = (name: string): Promise<number> =>
    new Promise((resolve) => {
      client.InternAtom(false, name, (_error, value) => {
        resolve(value);
        return true;
      });
    });
  const set = async (
    ...[window, name, type, value]: [number, string, number, Buffer | number]
  ): Promise<void> => {
    const key = await atom(name);
    const data = typeof value === 'number' ? longOf(value) : value;
    await new Promise<void>((resolve, reject) => {
      client.ChangeProperty(0, window, key, type, type === STRING ? 8 : 32, data, (error) => {
        if (error == null) resolve();
        else reject(new Error('the property cannot be set'));
        return true;
      });
    });
  };
  return {
    async open({ x = 0, y = 0, width, height, ...more }) {
      const window = client.AllocID();
      client.CreateWindow(window, root, x, y, width, height);
      const { name, pid, state, type } = more;
      if (name !== undefined) {
        await set(window, 'WM_CLASS', STRING, Buffer.from(`${name}\0${name}\0`));
      }
      if (pid !== undefined) await set(window, '_NET_WM_PID', CARDINAL, pid);
      if (state !== undefined) await set(window, '_NET_WM_STATE', ATOM, await atom(state));
      if (type !== undefined) await set(window, '_NET_WM_WINDOW_TYPE', ATOM, await atom(type));
      client.MapWindow(window);
      // What is answered after it has seen it.
      await set(window, 'LULL_SEEN', CARDINAL, 1);
      return window;
    },
    activate: (window) => set(root, '_NET_ACTIVE_WINDOW', WINDOW, window),
    async close(window) {
      client.DestroyWindow(window);
      await set(root, 'LULL_SEEN', CARDINAL, 1);
    },
    end: () => void client.stream?.destroy(),
  };
}

function connect(display: string): Promise<{ client: XClient; root: number }> {
  return new Promise((resolve, reject) => {
    const client = createClient({ display, shm: false }, (error, found) => {
      const root = found?.screen[0]?.root;
      if (root === undefined) {
        reject(error instanceof Error ? error : new Error('no screen'));
        return;
      }
      // Otherwise the library takes them for those of the next server, too.
      client.atoms = { ...client.atoms };
      resolve({ client, root });
    });
    // A server that ends takes its programs along.
    client.on('error', () => undefined);
  });
}

function longOf(value: number): Buffer {
  const data = Buffer.alloc(4);
  data.writeUInt32LE(value);
  return data;
}
