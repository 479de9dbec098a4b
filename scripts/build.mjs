/** `npm run build`: the page, main with every process entry, and the preload, into dist/. */
import './node-version.mjs';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { stripVTControlCharacters } from 'node:util';
import { build } from 'vite';
import { fileFault } from './file-fault.mjs';
import { rememberBuild, sourceStamp } from './needs-build.mjs';
import { root } from './paths.mjs';

const outDir = path.join(root, 'dist', 'electron');
/** Native or provided by the runtime: imported at run time, never bundled. */
const EXTERNAL = [
  'electron',
  'node-llama-cpp',
  'hyperdht',
  'tiny-secp256k1',
  '@nomicfoundation/edr',
];
/** One for each window. */
const PRELOADS = ['preload', 'wallet-preload'];
/** The Node inside the Electron that ships. */
const TARGET = 'node24';

/** Main and every `*-process.ts`, found by name, so that adding one needs no list. */
function entries() {
  const folder = path.join(root, 'electron');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const processes = names.filter((name) => name.endsWith('-process.ts'));
  const files = ['main.ts', ...processes].map((name) => path.join(folder, name));
  return Object.fromEntries(
    files.filter((file) => existsSync(file)).map((file) => [path.basename(file, '.ts'), file]),
  );
}

/** @returns {import('vite').InlineConfig} */
function common() {
  return {
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    define: { 'process.env.NODE_ENV': JSON.stringify('production') },
  };
}

async function buildMain() {
  await build({
    ...common(),
    ssr: { noExternal: true, external: EXTERNAL },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      target: TARGET,
      minify: false,
      sourcemap: false,
      rolldownOptions: {
        input: entries(),
        external: EXTERNAL,
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
        },
      },
    },
  });
}

/**
 * A sandboxed preload is one CommonJS file that may require nothing but electron.
 * @param {string} name
 */
async function buildPreload(name) {
  const file = path.join(root, 'electron', `${name}.ts`);
  if (!existsSync(file)) return;
  await build({
    ...common(),
    ssr: { noExternal: true, external: ['electron'] },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: false,
      target: TARGET,
      minify: false,
      sourcemap: false,
      rolldownOptions: {
        input: { [name]: file },
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  });
}

async function buildRenderer() {
  const configFile = path.join(root, 'vite.config.ts');
  if (!existsSync(configFile)) return;
  await build({ configFile, logLevel: 'warn', mode: 'production' });
}

async function buildAll() {
  const stamp = sourceStamp(root);
  process.chdir(root);
  await rm(path.join(root, 'dist'), { recursive: true, force: true });
  // The bundler says less clearly that it may not.
  await mkdir(outDir, { recursive: true });
  await buildMain();
  for (const name of PRELOADS) await buildPreload(name);
  await buildRenderer();
  rememberBuild(root, stamp);
}

try {
  await buildAll();
} catch (error) {
  // The bundler's message shows the place; its stack is about the bundler.
  const message = fileFault(error) ?? (error instanceof Error ? error.message : String(error));
  process.stderr.write(`${stripVTControlCharacters(message)}\n`);
  process.exitCode = 1;
}
