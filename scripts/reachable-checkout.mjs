/** Lets the account see a checkout that lies where it may not look, such as root's home. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import process from 'node:process';
import { root } from './paths.mjs';

/** Where the checkout appears, in a mount namespace that only Lull's processes see. */
export const visibleRoot = `/run/lull/checkout-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`;

const VISIBLE_NODE = path.join(visibleRoot, '.node');
const VISIBLE_RUNTIME = path.join(visibleRoot, '.electron');

/**
 * An empty file system with readable folders, and every entry of the checkout bound into it: so it
 * does not matter which folder above the entries is closed. It vanishes with the last process.
 * $1 checkout, $2 where it appears, $3 node, $4 the runtime's folder; the rest is the command.
 */
const SCRIPT = `set -e
from=$1; to=$2; node=$3; runtime=$4; shift 4
mkdir -p -m 0755 "\${to%/*}" "$to"
mount -t tmpfs -o mode=0755,size=1m lull "$to"
for entry in "$from"/* "$from"/.[!.]*; do
  name=\${entry##*/}
  if [ -L "$entry" ]; then cp -P "$entry" "$to/$name"
  elif [ -d "$entry" ]; then mkdir "$to/$name"; mount --rbind "$entry" "$to/$name"
  elif [ -f "$entry" ]; then : > "$to/$name"; mount --bind "$entry" "$to/$name"
  fi
done
: > "$to/.node"; mount --bind "$node" "$to/.node"
mkdir "$to/.electron"; mount --rbind "$runtime" "$to/.electron"
cd "$to"
exec "$@"`;

/**
 * What to put in front of a command so that it runs in that namespace.
 * @param {string} runtimeFolder
 * @returns {string[]}
 */
export function namespacePrefix(runtimeFolder) {
  const unshare = ['unshare', '--mount', '--propagation', 'private', '--'];
  const places = [root, visibleRoot, process.execPath, runtimeFolder];
  return [...unshare, 'sh', '-c', SCRIPT, 'lull', ...places];
}

/**
 * The path under which a process in that namespace finds a file; other words stay as they are.
 * @param {string} file
 * @param {string} runtimeFolder
 */
export function visiblePath(file, runtimeFolder) {
  if (!path.isAbsolute(file)) return file;
  if (file === process.execPath) return VISIBLE_NODE;
  return moved(file, runtimeFolder, VISIBLE_RUNTIME) ?? moved(file, root, visibleRoot) ?? file;
}

/**
 * @param {string} file
 * @param {string} from
 * @param {string} to
 */
function moved(file, from, to) {
  const relative = path.relative(from, file);
  return relative.startsWith('..') || path.isAbsolute(relative) ? null : path.join(to, relative);
}
