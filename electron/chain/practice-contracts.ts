/** Where the practice network's contracts lie: an address that follows from their code, so everybody finds the same. */
import { z } from 'zod';
import { fromHex, toHex, ZERO_WORD, type Hex } from '../protocol/hex.ts';
import { keccakHex } from '../protocol/typed-data.ts';
import { hubCreation, type HubParameters } from './hub-calls-adapter.ts';
import type { TxCall } from './ports.ts';
import { DEPLOYER_ADDRESS } from './practice-genesis.ts';
import { dataSchema } from './rpc-values.ts';

const ADDRESS_HEX_DIGITS = 40;
const CREATE2_PREFIX = 'ff';

/** Compiled code, before the constructor's arguments. */
export interface ContractCode {
  readonly relayHub: Hex;
  readonly practiceToken: Hex;
}

export interface PracticeContract {
  readonly address: Hex;
  /** Creates it; refused once it is there. */
  readonly creation: TxCall;
}

export interface PracticeContracts {
  readonly token: PracticeContract;
  readonly hub: PracticeContract;
}

const artifactSchema = z.object({ bytecode: dataSchema });

/** @param json a file of `resources/contracts/artifacts` @throws ZodError when it is none */
export function bytecodeOf(json: unknown): Hex {
  return artifactSchema.parse(json).bytecode;
}

export function practiceContracts(
  code: ContractCode,
  parameters: HubParameters,
): PracticeContracts {
  const token = deployment(code.practiceToken);
  return { token, hub: deployment(hubCreation(code.relayHub, token.address, parameters)) };
}

/** @param creation code with arguments */
function deployment(creation: Hex): PracticeContract {
  const salt = ZERO_WORD.slice(2);
  const creationHash = keccakHex(fromHex(creation)).slice(2);
  // EIP-1014: keccak256(0xff ‖ deployer ‖ salt ‖ keccak256(creation)), its last 20 bytes.
  const preimage = fromHex(`0x${CREATE2_PREFIX}${DEPLOYER_ADDRESS.slice(2)}${salt}${creationHash}`);
  return {
    address: `0x${keccakHex(preimage).slice(-ADDRESS_HEX_DIGITS)}`,
    creation: { to: DEPLOYER_ADDRESS, data: toHex(fromHex(`0x${salt}${creation.slice(2)}`)) },
  };
}
