/** Says in a sentence why a contract refused. */
import { decodeErrorResult } from 'viem';
import type { Hex } from '../protocol/hex.ts';
import { contractErrorsAbi } from './hub-abi-adapter.ts';

/** The contract's own name for it, and a sentence with the values that matter. */
export interface ContractRefusal {
  readonly name: string;
  readonly sentence: string;
}

type Decoded = ReturnType<typeof decodeErrorResult<typeof contractErrorsAbi>>;

/** @param data what the call returned @returns null when it is no error of these contracts */
export function decodeContractError(data: Hex | null): ContractRefusal | null {
  if (data === null || data === '0x') return null;
  let decoded: Decoded;
  try {
    decoded = decodeErrorResult({ abi: contractErrorsAbi, data });
  } catch {
    // viem throws for whatever it does not know; there is nothing more to say about it then.
    return null;
  }
  return { name: decoded.errorName, sentence: sentenceFor(decoded) };
}

function sentenceFor(error: Decoded): string {
  switch (error.errorName) {
    case 'AboveAllowance':
      return `Row ${String(error.args[0])} asks for more than its draw’s part of the budget, ${String(error.args[1])}.`;
    case 'AboveVoucher':
      return `Row ${String(error.args[0])} asks for more than its voucher allows.`;
    case 'AlreadyListed':
      return 'This source has listed this model already.';
    case 'BadDrawCount':
      return `A budget is split over 1 to 16 Suppliers, not over ${String(error.args[0])}.`;
    case 'BadKeyGrant':
      return 'The hot key did not sign that it belongs to this Application.';
    case 'BadSignature':
      return `The voucher in row ${String(error.args[0])} is not signed by a key that was valid in that period.`;
    case 'BalanceTooLow':
      return `The stake has only ${String(error.args[0])} that is free.`;
    case 'CreditTooLow':
      return `There is only ${String(error.args[0])} of credit.`;
    case 'EpochNotOpen':
      return `Settlement period ${String(error.args[0])} cannot be redeemed: it has not begun, or its window is over.`;
    case 'GrantExpired':
      return 'The grant of the hot key has expired.';
    case 'KeyAlreadyUsed':
      return 'This hot key was granted before; a new key is needed.';
    case 'MalformedRow':
      return `Row ${String(error.args[0])} makes no sense.`;
    case 'NotCovered':
      return `The stake does not cover this budget: ${String(error.args[0])} is needed.`;
    case 'NotEnrolled':
      return 'This Application has no budget for this service yet.';
    case 'NotPayout':
      return 'Only the present payout address can hand on.';
    case 'NotPinned':
      return `The draw of row ${String(error.args[0])} does not belong to this Supplier.`;
    case 'NothingThawing':
      return 'Nothing was asked to thaw.';
    case 'StillThawing':
      return `The stake thaws until settlement period ${String(error.args[0])}.`;
    case 'UnknownService':
      return 'Nobody has listed this model.';
    case 'ERC20InsufficientAllowance':
      return `The token’s owner allowed only ${String(error.args[1])} of ${String(error.args[2])}.`;
    case 'ERC20InsufficientBalance':
      return `The account has only ${String(error.args[1])} of ${String(error.args[2])}.`;
    case 'FaucetLimit':
      return `The faucet gives at most ${String(error.args[0])} at once.`;
    default:
      // The others tell of a mistake in whoever called, which its name shows best.
      return `The contract refused: ${error.errorName}.`;
  }
}
