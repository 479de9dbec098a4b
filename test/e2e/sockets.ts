/** Every network socket that a process and its descendants hold, as the Linux kernel lists them. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface HeldSocket {
  readonly protocol: string;
  readonly local: string;
  readonly remote: string;
}

const TABLES = ['tcp', 'tcp6', 'udp', 'udp6', 'raw', 'raw6', 'udplite', 'icmp'] as const;

/** @throws Error when none of the processes lets its sockets be seen, so that "none" is never a guess. */
export function socketsOf(rootPid: number): HeldSocket[] {
  const inodes = new Set<string>();
  let readable = 0;
  for (const pid of withDescendants(rootPid)) {
    const found = socketInodes(pid);
    if (found) readable += 1;
    for (const inode of found ?? []) inodes.add(inode);
  }
  if (readable === 0) throw new Error('no process could be inspected');
  return TABLES.flatMap((protocol) => rows(protocol).filter(({ inode }) => inodes.has(inode)));
}

export function isLoopback({ local, remote }: HeldSocket): boolean {
  const isUnconnected = /^(0\.0\.0\.0|::):0$/.test(remote);
  return isLoopbackAddress(local) && (isUnconnected || isLoopbackAddress(remote));
}

function isLoopbackAddress(address: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+):\d+$/.test(address);
}

function withDescendants(rootPid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== null) parents.set(Number(name), parent);
  }
  const family = [rootPid];
  for (const pid of family) {
    for (const [child, parent] of parents) if (parent === pid) family.push(child);
  }
  return family;
}

function parentOf(pid: number): number | null {
  try {
    // The name stands in brackets and may hold anything; the parent is the second field after it.
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) (?=[A-Z] )/);
    return Number(rest.split(' ')[1]);
  } catch {
    return null;
  }
}

/** Null for a process that hides its files, as Chromium's sandboxed ones do: those can open no socket. */
function socketInodes(pid: number): string[] | null {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).flatMap((name) => {
      try {
        const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${name}`)) ?? [];
        return inode === undefined ? [] : [inode];
      } catch {
        // Closed since the folder was read.
        return [];
      }
    });
  } catch {
    return null;
  }
}

function rows(protocol: string): (HeldSocket & { readonly inode: string })[] {
  let text: string;
  try {
    text = readFileSync(`/proc/net/${protocol}`, 'utf8');
  } catch {
    return [];
  }
  const lines = text.trim().split('\n').slice(1);
  return lines.map((line) => {
    const fields = line.trim().split(/\s+/);
    const [, local = '', remote = ''] = fields;
    return {
      protocol,
      local: address(local),
      remote: address(remote),
      inode: fields[9] ?? '',
    };
  });
}

/** `0100007F:1F90` is 127.0.0.1:8080: each group of 32 bits is in the machine's byte order. */
function address(text: string): string {
  const [host = '', port = ''] = text.split(':');
  const bytes = (host.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((pair) => Number.parseInt(pair, 16)),
  );
  return `${bytes.length === 4 ? bytes.join('.') : ipv6(bytes)}:${Number.parseInt(port, 16)}`;
}

function ipv6(bytes: readonly number[]): string {
  const isZero = (from: number, to: number): boolean =>
    bytes.slice(from, to).every((byte) => byte === 0);
  if (isZero(0, 16)) return '::';
  if (isZero(0, 15) && bytes[15] === 1) return '::1';
  if (isZero(0, 10) && bytes[10] === 0xff && bytes[11] === 0xff) {
    return `::ffff:${bytes.slice(12).join('.')}`;
  }
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
