/** A signer of vouchers and receipts in the test's own process: the real digests, signed by whatever signs digests. */
import type { Hex } from '../../electron/protocol/hex.ts';
import { RECEIPT } from '../../electron/protocol/receipt.ts';
import { digestOf, hashDomain, type Domain } from '../../electron/protocol/typed-data.ts';
import { VOUCHER } from '../../electron/protocol/voucher.ts';
import type { ReceiptSigner, VoucherSigner } from '../../electron/relay/ports.ts';
import { NETWORK } from './relay-terms.ts';

export interface DigestSigner extends VoucherSigner, ReceiptSigner {
  sign(digest: Uint8Array): Promise<Hex>;
}

const TEST_DOMAIN: Domain = { chainId: NETWORK.chainId, verifyingContract: NETWORK.hub };

export function createDigestSigner(
  address: Hex,
  sign: (digest: Uint8Array) => Promise<Hex>,
  domain = TEST_DOMAIN,
): DigestSigner {
  const domainHash = hashDomain(domain);
  return {
    address,
    sign,
    signVoucher: (voucher) => sign(digestOf(domainHash, VOUCHER, voucher)),
    signReceipt: (receipt) => sign(digestOf(domainHash, RECEIPT, receipt)),
  };
}
