/** What only root may do: how it is asked of a person, and how root's own tools are found. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** A plain `su` leaves root with an ordinary account's PATH, which lacks them. */
const ADMIN_FOLDERS = ['/usr/sbin', '/sbin'];

/**
 * For programs such as useradd, apt-get and what they start themselves.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function adminEnvironment(env = process.env) {
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const added = ADMIN_FOLDERS.filter((folder) => !folders.includes(folder));
  return { ...env, PATH: [...folders, ...added].join(path.delimiter) };
}

/**
 * One sentence that can be copied into a terminal, with sudo only where there is one.
 * @param {readonly string[]} commands run one after the other
 * @param {{ root: boolean, sudo: boolean }} [here]
 */
export function askForRoot(commands, here = { root: isRoot(), sudo: isOnPath('sudo') }) {
  if (here.root) return `Run: ${commands.join(' && ')}`;
  if (!here.sudo) return `As root, run: ${commands.join(' && ')}`;
  return `Run: ${commands.map((command) => `sudo ${command}`).join(' && ')}`;
}

/** @param {string} name a program's */
export function isOnPath(name) {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.some((folder) => existsSync(path.join(folder, name)));
}

function isRoot() {
  return process.getuid?.() === 0;
}
