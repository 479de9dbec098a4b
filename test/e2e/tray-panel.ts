/** A desktop's panel for a test: a session bus of its own, and a place for tray icons on it. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';

export interface TrayPanel {
  /** For `DBUS_SESSION_BUS_ADDRESS`. */
  readonly address: string;
  /** Resolves once a program has put its icon there. */
  readonly icon: Promise<TrayIconOnBus>;
  dispose(): void;
}

export interface TrayIconOnBus {
  /** The labels of the menu's entries, from the top; a separator is an empty one. */
  menu(): readonly string[];
  /** Chooses the entry with this label. */
  click(label: string): void;
}

const WATCHER = 'org.kde.StatusNotifierWatcher';
const BUS = 'org.freedesktop.DBus';
const MENU = 'com.canonical.dbusmenu';
const [CALL, RETURN] = [1, 2];
/** A menu that says something new between the look and the click has new entries: the click reached none. */
const CLICKS = 5;

/** Whether this computer has what a panel needs. */
export function canMakePanel(): boolean {
  return ['dbus-daemon', 'gdbus'].every((program) => {
    try {
      return execFileSync(program, [program === 'gdbus' ? 'help' : '--version']).length >= 0;
    } catch {
      return false;
    }
  });
}

export async function startTrayPanel(folder: string): Promise<TrayPanel> {
  const path = join(folder, 'bus');
  const address = `unix:path=${path}`;
  const daemon = spawn(
    'dbus-daemon',
    ['--session', '--nofork', `--address=${address}`, '--print-address'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  await printed(daemon);
  const socket = createConnection(path);
  let found: (icon: TrayIconOnBus) => void = () => undefined;
  const icon = new Promise<TrayIconOnBus>((registered) => {
    found = registered;
  });
  await serveWatcher(socket, (service, item) => {
    found(iconOnBus(address, service, item));
  });
  return {
    address,
    icon,
    dispose() {
      socket.destroy();
      daemon.kill();
    },
  };
}

function printed(daemon: ChildProcess): Promise<void> {
  return new Promise((heard, failed) => {
    daemon.stdout?.once('data', () => {
      heard();
    });
    daemon.once('error', failed);
    daemon.once('exit', () => {
      failed(new Error('the bus ended'));
    });
  });
}

/** Speaks just enough of the wire protocol to own one name and answer what is asked of it. */
async function serveWatcher(
  socket: Socket,
  onIcon: (service: string, path: string) => void,
): Promise<void> {
  const uid = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex');
  socket.write(`\0AUTH EXTERNAL ${uid}\r\n`);
  await new Promise<void>((accepted, refused) => {
    socket.once('data', (line) => {
      if (line.toString('latin1').startsWith('OK')) accepted();
      else refused(new Error(line.toString('latin1')));
    });
  });
  socket.write('BEGIN\r\n');
  const call = { path: '/org/freedesktop/DBus', interface: BUS, destination: BUS };
  let serial = 0;
  const send = (message: Outgoing): void => {
    serial += 1;
    socket.write(encode(serial, message));
  };
  send({ ...call, type: CALL, member: 'Hello' });
  const name = Buffer.concat([text(WATCHER), word(0)]);
  send({ ...call, type: CALL, member: 'RequestName', signature: 'su', body: name });
  await new Promise<void>((named) => {
    const answerTo = (message: Incoming): void => {
      if (message.type === RETURN && message.replyTo === 2) named();
      if (message.type !== CALL) return;
      const reply = { type: RETURN, replyTo: message.serial, destination: message.sender };
      if (message.member === 'Get') send({ ...reply, signature: 'v', body: property(message) });
      else send(reply);
      const [item = ''] = message.strings;
      if (message.member !== 'RegisterStatusNotifierItem') return;
      // Programs name either their service or the object in it.
      if (item.startsWith('/')) onIcon(message.sender, item);
      else onIcon(item, '/StatusNotifierItem');
    };
    readMessages(socket, answerTo);
  });
}

function property({ strings }: Incoming): Buffer {
  // A variant: its signature, then the value at its own alignment.
  if (strings[1] === 'ProtocolVersion') return Buffer.concat([Buffer.from('\x01i\0\0'), word(0)]);
  return Buffer.concat([Buffer.from('\x01b\0\0'), word(1)]);
}

interface Outgoing {
  readonly type: number;
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly replyTo?: number;
  readonly destination?: string;
  readonly signature?: string;
  /** Its first value at offset 0. */
  readonly body?: Buffer;
}

interface Incoming {
  readonly type: number;
  readonly serial: number;
  readonly member: string;
  readonly sender: string;
  readonly replyTo: number;
  /** Of the body, as far as it begins with strings. */
  readonly strings: readonly string[];
}

function encode(serial: number, message: Outgoing): Buffer {
  const { body = Buffer.alloc(0) } = message;
  const fields = [
    field(1, 'o', message.path),
    field(2, 's', message.interface),
    field(3, 's', message.member),
    field(5, 'u', message.replyTo),
    field(6, 's', message.destination),
    field(8, 'g', message.signature),
  ].filter((one) => one.length > 0);
  // All but the last are padded, and the length does not count what follows the last.
  const array = Buffer.concat(
    fields.map((one, at) => (at < fields.length - 1 ? pad(one, 8) : one)),
  );
  const start = Buffer.from([0x6c, message.type, 0, 1]);
  const head = Buffer.concat([start, word(body.length), word(serial), word(array.length), array]);
  return Buffer.concat([pad(head, 8), body]);
}

function field(code: number, signature: string, value: string | number | undefined): Buffer {
  if (value === undefined) return Buffer.alloc(0);
  const start = Buffer.from([code, 1, signature.charCodeAt(0), 0]);
  if (typeof value === 'number') return Buffer.concat([start, word(value)]);
  if (signature !== 'g') return Buffer.concat([start, unpadded(value)]);
  return Buffer.concat([start, Buffer.from([value.length]), Buffer.from(`${value}\0`)]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function unpadded(value: string): Buffer {
  return Buffer.concat([word(Buffer.byteLength(value)), Buffer.from(`${value}\0`)]);
}

function text(value: string): Buffer {
  return pad(unpadded(value), 4);
}

function pad(bytes: Buffer, to: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(padded(bytes.length, to) - bytes.length)]);
}

function padded(length: number, to: number): number {
  return Math.ceil(length / to) * to;
}

function readMessages(socket: Socket, onMessage: (message: Incoming) => void): void {
  let waiting = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= 16) {
      const bodyAt = padded(16 + waiting.readUInt32LE(12), 8);
      const end = bodyAt + waiting.readUInt32LE(4);
      if (waiting.length < end) return;
      onMessage(decode(waiting.subarray(0, end), bodyAt));
      waiting = waiting.subarray(end);
    }
  });
}

function decode(bytes: Buffer, bodyAt: number): Incoming {
  const texts = new Map<number, string>();
  let replyTo = 0;
  let at = 16;
  const end = 16 + bytes.readUInt32LE(12);
  while (at < end) {
    at = padded(at, 8);
    const code = bytes[at] ?? 0;
    const kind = String.fromCharCode(bytes[at + 2] ?? 0);
    at += 4;
    if (kind === 'u') {
      if (code === 5) replyTo = bytes.readUInt32LE(at);
      at += 4;
      continue;
    }
    const size = kind === 'g' ? 1 : 4;
    const length = kind === 'g' ? (bytes[at] ?? 0) : bytes.readUInt32LE(at);
    texts.set(code, bytes.toString('utf8', at + size, at + size + length));
    at += size + length + 1;
  }
  return {
    type: bytes[1] ?? 0,
    serial: bytes.readUInt32LE(8),
    member: texts.get(3) ?? '',
    sender: texts.get(7) ?? '',
    replyTo,
    strings: stringsOf(bytes.subarray(bodyAt), texts.get(8) ?? ''),
  };
}

function stringsOf(body: Buffer, signature: string): string[] {
  const strings: string[] = [];
  let at = 0;
  for (const kind of signature) {
    if (kind !== 's') break;
    at = padded(at, 4);
    const length = body.readUInt32LE(at);
    strings.push(body.toString('utf8', at + 4, at + 4 + length));
    at += 4 + length + 1;
  }
  return strings;
}

/** Asks the program as a panel does. */
function iconOnBus(address: string, service: string, item: string): TrayIconOnBus {
  const ask = (path: string, method: string, ...args: readonly string[]): string => {
    const where = ['--dest', service, '--object-path', path, '--method', method];
    return execFileSync('gdbus', ['call', '--address', address, ...where, '--', ...args], {
      encoding: 'utf8',
    });
  };
  const menuPath = (): string => {
    const answer = ask(item, `${BUS}.Properties.Get`, 'org.kde.StatusNotifierItem', 'Menu');
    const [, path = ''] = /objectpath '([^']+)'/.exec(answer) ?? [];
    return path;
  };
  const entries = (): readonly { id: string; label: string }[] => {
    const layout = ask(menuPath(), `${MENU}.GetLayout`, '0', '-1', '@as []');
    return [...layout.matchAll(/\((\d+), ({[^}]*})/g)]
      .slice(1)
      .map(([, id = '', properties = '']) => ({
        id,
        label: /'label': <(?:'([^']*)'|"([^"]*)")>/.exec(properties)?.slice(1).find(Boolean) ?? '',
      }));
  };
  return {
    menu: () => entries().map(({ label }) => label),
    click(label) {
      for (let left = CLICKS; ; left -= 1) {
        const entry = entries().find((one) => one.label === label);
        if (!entry) throw new Error(`the menu has no "${label}"`);
        try {
          ask(menuPath(), `${MENU}.Event`, entry.id, "'clicked'", "<''>", 'uint32 0');
          return;
        } catch (error) {
          if (left === 0) throw error;
        }
      }
    },
  };
}
