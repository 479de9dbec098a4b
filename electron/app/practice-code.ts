/** Reads the compiled contracts that are shipped with the app. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  bytecodeOf,
  practiceContracts,
  type PracticeContracts,
} from '../chain/practice-contracts.ts';
import type { Hex } from '../protocol/hex.ts';
import { PRACTICE_PARAMETERS } from '../protocol/practice-terms.ts';

/**
 * @param resourceFolder holds `contracts/artifacts`
 * @returns reads them once, when first called; throws an Error when the app is not complete
 */
export function practiceContractsIn(resourceFolder: string): () => PracticeContracts {
  let contracts: PracticeContracts | null = null;
  return () => (contracts ??= readPracticeContracts(resourceFolder));
}

function readPracticeContracts(resourceFolder: string): PracticeContracts {
  const read = (name: string): Hex => {
    const path = join(resourceFolder, 'contracts/artifacts', `${name}.json`);
    const json: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return bytecodeOf(json);
  };
  const code = { relayHub: read('RelayHub'), practiceToken: read('PracticeToken') };
  return practiceContracts(code, PRACTICE_PARAMETERS);
}
