/** A message bus of its own for one test, and services on it that say what the test wants. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createClient, type ClientBus } from '@homebridge/dbus-native';
import type { BusCall } from '../../electron/governor/sensors/bus.ts';

declare module '@homebridge/dbus-native' {
  interface ClientBus {
    requestName(name: string, flags: number, callback: (error: unknown) => void): void;
    setMethodCallHandler(
      path: string,
      iface: string,
      member: string,
      handler: readonly [(...args: readonly unknown[]) => unknown, string],
    ): void;
    exportInterface(
      values: Record<string, unknown>,
      path: string,
      description: {
        readonly name: string;
        readonly methods: object;
        readonly signals: object;
        readonly properties: Readonly<Record<string, string>>;
      },
    ): void;
  }
}

export interface PrivateBus {
  readonly address: string;
  /** Takes a name on the bus and answers one method there; call it again for more of them. */
  serve(service: MockService): Promise<void>;
  /** Takes a name on the bus and answers for the properties of one object. */
  expose(object: MockObject): Promise<void>;
  /** Calls a program on the bus by its unique name, without any argument, from one that owns `name`. */
  shout(name: string, call: Omit<BusCall, 'service'> & { readonly to: string }): Promise<void>;
  /** The bus dies without a word. */
  kill(): Promise<void>;
  dispose(): Promise<void>;
}

export interface MockService {
  readonly name: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** D-Bus types of the answer. */
  readonly result: string;
  readonly answer: (...args: readonly unknown[]) => unknown;
}

export interface MockObject {
  readonly name: string;
  readonly path: string;
  readonly interface: string;
  /** The D-Bus type of each property. */
  readonly types: Readonly<Record<string, string>>;
  /** Their values; what is changed here is told from then on. */
  readonly values: Record<string, unknown>;
}

export async function startPrivateBus(): Promise<PrivateBus> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lull-bus-'));
  const config = path.join(folder, 'bus.conf');
  writeFileSync(config, configOf(path.join(folder, 'bus')));
  const daemon = spawn('dbus-daemon', ['--nofork', '--print-address', `--config-file=${config}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = new Promise<void>((resolve) => {
    daemon.once('exit', () => {
      resolve();
    });
  });
  const address = await firstLine(daemon);
  const streams: net.Socket[] = [];
  const owners = new Map<string, Promise<ClientBus>>();

  const own = async (name: string): Promise<ClientBus> => {
    const stream = net.createConnection({ path: path.join(folder, 'bus') });
    streams.push(stream);
    const bus = createClient({ stream, authMethods: ['EXTERNAL'] });
    // It dies with the daemon.
    bus.connection.on('error', () => undefined);
    await new Promise<void>((resolve, reject) => {
      bus.requestName(name, 0, (error) => {
        if (error == null) resolve();
        else reject(new Error('the name is taken', { cause: error }));
      });
    });
    return bus;
  };
  const ownerOf = (name: string): Promise<ClientBus> => {
    const owner = owners.get(name) ?? own(name);
    owners.set(name, owner);
    return owner;
  };
  const kill = async (): Promise<void> => {
    daemon.kill('SIGKILL');
    await exited;
  };

  return {
    address,
    async serve({ name, path: object, interface: face, member, result, answer }) {
      (await ownerOf(name)).setMethodCallHandler(object, face, member, [answer, result]);
    },
    async expose({ name, path: object, interface: face, types, values }) {
      const description = { name: face, methods: {}, signals: {}, properties: types };
      (await ownerOf(name)).exportInterface(values, object, description);
    },
    async shout(name, { to, path: object, interface: face, member }) {
      const call = { destination: to, path: object, interface: face, member };
      (await ownerOf(name)).invoke(call, () => undefined);
    },
    kill,
    async dispose() {
      for (const stream of streams) stream.destroy();
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function firstLine(daemon: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    daemon.once('error', reject);
    daemon.once('exit', () => {
      reject(new Error('the bus does not start'));
    });
    if (daemon.stdout !== null) createInterface(daemon.stdout).once('line', resolve);
  });
}

/** Everybody may do everything on it; only this account gets in. */
function configOf(socket: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;
}
