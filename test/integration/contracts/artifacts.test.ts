/** The committed artefacts are what the sources compile to. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { readArtifact } from './hub-fixture.ts';

const SCRIPT = resolve(import.meta.dirname, '../../../scripts/compile-contracts.mjs');
/** EIP-170, which every chain has. */
const MAX_CODE_BYTES = 24_576;

describe('the committed contracts', () => {
  it('are what their sources compile to', () => {
    const { status, stderr } = spawnSync(process.execPath, [SCRIPT, '--check'], {
      encoding: 'utf8',
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('fit into what a chain takes', () => {
    const { bytecode } = readArtifact('RelayHub');
    // The code that makes a contract is longer than the contract.
    expect((bytecode.length - 2) / 2).toBeLessThan(MAX_CODE_BYTES);
  });
});
