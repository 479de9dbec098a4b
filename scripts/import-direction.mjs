/** Who may import what: the one-way direction of the folders, as a rule for the linter. */
import path from 'node:path';

/** The only folders that wire subsystems together. */
const ROOTS = /^electron\/(app\/|main\.ts$)|-process\.ts$/;
/** What every subsystem may lean on. */
const SHARED = ['electron/platform', 'electron/protocol', 'electron/ipc'];
/** They import nothing of ours: the page, the wire and the tests all read them. */
const LEAVES = ['electron/ipc', 'electron/protocol'];
/** They run in the page's process, sandboxed. */
const PRELOADS = ['electron/preload.ts', 'electron/wallet-preload.ts'];
/** No I/O at all: data in, data out. */
const WITHOUT_NODE = /^(electron\/(ipc|protocol|hub)|renderer)\//;

const USES_ELECTRON =
  /^electron\/(app\/|shell\/|main\.ts$|(wallet-)?preload\.ts$|platform\/utility-child\.ts$)|-electron\.ts$/;
const USES_ENGINE = /^electron\/engine\/llama-(\w+-)*adapter\.ts$|self-test|^test\//;

/**
 * @param {string} from the importing file, relative to the checkout, with forward slashes
 * @param {string} specifier as written in the import
 * @returns {string | null} what is wrong with it
 */
export function importFault(from, specifier) {
  if (!/^(electron|renderer|test)\//.test(from)) return null;
  if (specifier.startsWith('.')) {
    const target = path.posix.join(path.posix.dirname(from), specifier);
    return from.startsWith('test/') ? null : folderFault(from, target);
  }
  return packageFault(from, specifier);
}

/**
 * @param {string} from
 * @param {string} target
 */
function folderFault(from, target) {
  const own = areaOf(from);
  const other = areaOf(target);
  if (own === other) return null;
  const fault = (/** @type {string} */ may) => `${own} may import ${may}, not ${other}.`;
  if (own === 'renderer') return LEAVES.includes(other) ? null : fault(LEAVES.join(' and '));
  if (LEAVES.includes(own)) return fault('nothing of ours');
  if (!other.startsWith('electron')) return fault('only what lies under electron/');
  if (PRELOADS.includes(own)) return other === 'electron/ipc' ? null : fault('electron/ipc');
  if (ROOTS.test(from) || SHARED.includes(other)) return null;
  return fault(`itself, ${SHARED.join(', ')}`);
}

/**
 * @param {string} from
 * @param {string} specifier
 */
function packageFault(from, specifier) {
  const name = specifier.startsWith('node:') ? 'node:' : specifier.split('/')[0];
  if (name === 'electron' && !USES_ELECTRON.test(from) && !from.startsWith('test/')) {
    return 'electron is for electron/app, electron/shell and files named *-electron.ts.';
  }
  if (name === 'node-llama-cpp' && !USES_ENGINE.test(from)) {
    return 'node-llama-cpp is for electron/engine/llama-*adapter.ts.';
  }
  if (name === 'node:' && WITHOUT_NODE.test(from)) {
    return `${areaOf(from)} does no I/O; take what it needs as an argument.`;
  }
  return null;
}

/**
 * `renderer`, `electron/<folder>`, or a file that stands by itself under electron.
 * @param {string} file
 */
function areaOf(file) {
  const [first = '', second = ''] = file.split('/');
  return first === 'electron' ? `${first}/${second}` : first;
}

/** @type {import('eslint').Rule.RuleModule} */
export const importDirection = {
  meta: {
    type: 'problem',
    docs: { description: 'keeps imports going one way' },
    schema: [],
  },
  create(context) {
    const from = path.relative(context.cwd, context.filename).split(path.sep).join('/');
    const check = (
      /** @type {import('estree').Node} */ node,
      /** @type {import('estree').Node | null | undefined} */ source,
    ) => {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      const message = importFault(from, source.value);
      if (message !== null) context.report({ node, message });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
    };
  },
};
