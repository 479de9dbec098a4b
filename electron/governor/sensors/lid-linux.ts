/** Whether a Linux laptop is shut with nobody looking at another display. */
import path from 'node:path';
import { readProperty } from './bus.ts';
import { listIfThere, readIfThere, type Files } from './files.ts';
import type { Reader, ReaderPorts } from './reader.ts';

const EVERY_MS = 2_000;
const REST_EVERY_MS = 6_000;
/** What is built into a laptop: it goes dark with the lid. */
const BUILT_IN = /-(eDP|LVDS|DSI|DPI)-/;

export function createLinuxLid(
  ports: Pick<ReaderPorts, 'files' | 'sysRoot' | 'procRoot' | 'systemBus'>,
): Reader<'isLidShut'> {
  const { files, sysRoot } = ports;
  return {
    keys: ['isLidShut'],
    everyMs: EVERY_MS,
    restEveryMs: REST_EVERY_MS,
    async read() {
      const lid = await lidOf(ports);
      if (lid === null) return { values: {}, source: '' };
      if (!lid.isShut) return { values: { isLidShut: false }, source: lid.source };
      const display = await otherDisplay(files, path.join(sysRoot, 'class', 'drm'));
      return display === null
        ? { values: { isLidShut: true }, source: lid.source }
        : { values: { isLidShut: false }, source: `the display at ${display}` };
    },
  };
}

interface Lid {
  readonly isShut: boolean;
  readonly source: string;
}

/** @returns null for a computer without a lid, as far as the system tells */
async function lidOf({
  files,
  procRoot,
  systemBus,
}: Pick<ReaderPorts, 'files' | 'procRoot' | 'systemBus'>): Promise<Lid | null> {
  const root = path.join(procRoot, 'acpi', 'button', 'lid');
  for (const name of await listIfThere(files, root)) {
    const state = await readIfThere(files, path.join(root, name, 'state'));
    if (state !== null) return { isShut: /\bclosed\b/.test(state), source: `the lid ${name}` };
  }
  if (systemBus === null) return null;
  // It answers false for a computer without a lid as well.
  const isClosed = await readProperty(systemBus, {
    service: 'org.freedesktop.login1',
    path: '/org/freedesktop/login1',
    interface: 'org.freedesktop.login1.Manager',
    name: 'LidClosed',
  }).catch(() => null);
  return isClosed === true ? { isShut: true, source: 'the session manager' } : null;
}

/** The kernel's own note of what is plugged in, which wakes no card. */
async function otherDisplay(files: Files, root: string): Promise<string | null> {
  for (const name of await listIfThere(files, root)) {
    if (!/^card\d+-/.test(name) || BUILT_IN.test(name)) continue;
    const status = await readIfThere(files, path.join(root, name, 'status'));
    if (status === 'connected') return name.replace(/^card\d+-/, '');
  }
  return null;
}
