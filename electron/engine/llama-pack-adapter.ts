/** Lets node-llama-cpp find binaries in packs that were installed later, wherever they lie. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { PACKS_VARIABLE, type Packs } from './engine-env.ts';

const packsSchema = z.record(z.string(), z.string());
const manifestSchema = z.object({ version: z.string() });

/** Under which node-llama-cpp imports its packages of binaries. */
const SCOPE = '@node-llama-cpp/';
const STAND_IN = 'lull:pack/';

/** What main has told this process; nothing where it told nothing. */
export function packsHere(): Packs {
  const told = process.env[PACKS_VARIABLE] ?? '';
  return told === '' ? {} : packsSchema.parse(JSON.parse(told));
}

/**
 * A packaged app cannot grow new packages, so each pack answers for the package of its name with a module made here,
 * which says where its binaries are and of which version; no script out of a pack is run. Call it before
 * node-llama-cpp is imported.
 */
export function usePacks(): void {
  const packs = packsHere();
  if (Object.keys(packs).length === 0) return;
  registerHooks({
    resolve(specifier, context, next) {
      const name = specifier.startsWith(SCOPE) ? specifier.slice(SCOPE.length) : '';
      if (!Object.hasOwn(packs, name)) return next(specifier, context);
      return { url: `${STAND_IN}${name}`, format: 'module', shortCircuit: true };
    },
    load(url, context, next) {
      const folder = url.startsWith(STAND_IN) ? packs[url.slice(STAND_IN.length)] : undefined;
      if (folder === undefined) return next(url, context);
      return { format: 'module', source: sourceFor(folder), shortCircuit: true };
    },
  });
}

/** As the packages of binaries themselves answer. */
function sourceFor(folder: string): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const { version: packageVersion } = manifestSchema.parse(manifest);
  const answer = JSON.stringify({ binsDir: path.join(folder, 'bins'), packageVersion });
  return `export const getBinsDir = () => (${answer});`;
}
