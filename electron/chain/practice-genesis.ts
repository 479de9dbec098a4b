/** The first block of the practice chain: its number, its money, and the account that deploys contracts. */
import { createHash } from 'node:crypto';
import type { Hex } from '../protocol/hex.ts';

/** The number that local development chains use, moved by "LU" in ASCII, so that neither is taken for the other. */
export const PRACTICE_CHAIN_ID = 31_337 + 0x4c55;

/** 2026-01-01T00:00:00Z, in seconds. Part of every block hash: changing it makes another chain. */
export const GENESIS_TIME_S = 1_767_225_600;

export const BLOCK_GAS_LIMIT = 30_000_000;

/**
 * Wei per gas. Below this EIP-1559 has nothing left to take an eighth of, so it stays as it is while blocks are
 * less than half full, and a transaction that was signed once can be sent again on any practice chain.
 */
export const BASE_FEE_WEI = 7n;

/**
 * The faucet's private key: everybody has it, because its money is worth nothing.
 * @returns 32 bytes
 */
export function faucetKey(): Uint8Array {
  return createHash('sha256').update('Lull practice faucet').digest();
}

/** The address of `faucetKey`; a test compares them. */
export const FAUCET_ADDRESS: Hex = '0x26f2c0dd7fc8334d39f3e280b2a8b7390b18ce04';
/** In wei. */
export const FAUCET_BALANCE_WEI = 10n ** 27n;

/** Where the deployer lies: "lull" in ASCII, many times. */
export const DEPLOYER_ADDRESS: Hex = '0x6c756c6c6c756c6c6c756c6c6c756c6c6c756c6c';

/**
 * Takes a salt (32 bytes) and the code of a contract's creation, and creates it with CREATE2: so its address
 * depends on its code and its parameters only, and whoever comes second finds it there.
 *
 *   5f35                salt       calldata[0..32]
 *   60203603            size       all of the calldata but the salt
 *   8060205f37          memory     calldata[32..] copied to 0
 *   5f5ff5              create2    no money, memory from 0
 *   8015 6019 57        failed?    jump to the end
 *   5f52 60205ff3       return     the address
 *   5b5f5ffd            revert
 */
export const DEPLOYER_CODE: Hex = '0x5f35602036038060205f375f5ff580156019575f5260205ff35b5f5ffd';
