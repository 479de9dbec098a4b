/** Relays with real signatures on real ledgers: what both sides hold agrees, and viem agrees with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  compactSignatureToSignature,
  parseCompactSignature,
  recoverTypedDataAddress,
  type Hex as ViemHex,
} from 'viem';
import { afterEach, expect, test } from 'vitest';
import { openLedgerDatabase } from '../../../electron/ledger/ledger-database.ts';
import { createSqliteLedger } from '../../../electron/ledger/sqlite-ledger.ts';
import { RECEIPT } from '../../../electron/protocol/receipt.ts';
import { sessionId } from '../../../electron/protocol/session.ts';
import { isGoodReceipt, verifyReceipt } from '../../../electron/protocol/verify-receipt.ts';
import { recoverOffline } from '../../../electron/relay/offline-recover-adapter.ts';
import { recoverSigner, signDigest } from '../../../electron/relay/secp256k1-adapter.ts';
import { createDigestSigner, type DigestSigner } from '../../fakes/digest-signer.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { collect, createRelayPair, entriesOfKind } from '../../fakes/relay-pair.ts';
import * as terms from '../../fakes/relay-terms.ts';
import { addressOfKey } from '../../fakes/test-keys.ts';

const RELAYS = 20;
const SUPPLIER_KEY = new Uint8Array(32).fill(4);
const HOT_KEY = new Uint8Array(32).fill(3);

function signerOf(key: Uint8Array): DigestSigner {
  return createDigestSigner(addressOfKey(key), async (digest) => signDigest(key, digest));
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function openLedger(folder: string) {
  return createSqliteLedger(openLedgerDatabase(join(folder, 'ledger.sqlite')), createMemoryLog());
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lull-relays-'));
  folders.push(folder);
  return folder;
}

test('twenty relays at once end in the same receipts on both disks', async () => {
  const at = { supplier: newFolder(), application: newFolder() };
  const supplierLedger = openLedger(at.supplier);
  const applicationLedger = openLedger(at.application);
  const supplier = signerOf(SUPPLIER_KEY);
  const pair = createRelayPair({
    supplier: {
      signer: supplier,
      recover: recoverSigner,
      ledger: supplierLedger,
      solvency: { quote: async () => ({ ...terms.QUOTE, hotKey: addressOfKey(HOT_KEY) }) },
    },
    application: { signer: signerOf(HOT_KEY), recover: recoverSigner, ledger: applicationLedger },
  });
  const card = { ...terms.CARD, supplier: supplier.address };
  const offer = pair.application.offer(card, terms.MODEL, terms.TERMS);
  const never = new AbortController().signal;
  const asks = Array.from({ length: RELAYS }, () =>
    collect(pair.application.ask(offer, terms.question('hi', 8), never)),
  );
  const ends = (await Promise.all(asks)).flatMap((events) =>
    events.filter((e) => e.type === 'end'),
  );
  expect(ends.map(({ charged }) => charged)).toEqual(Array(RELAYS).fill(expect.any(BigInt)));
  supplierLedger.dispose();
  applicationLedger.dispose();

  const session = { ...terms.SESSION, supplier: supplier.address };
  const [served, paid] = [openLedger(at.supplier), openLedger(at.application)];
  const given = entriesOfKind(served.entriesOf('supplier', sessionId(session)), 'relay-served');
  const taken = entriesOfKind(paid.entriesOf('application', sessionId(session)), 'relay-paid');
  expect(taken.map(({ signed }) => signed)).toEqual(given.map(({ signed }) => signed));
  expect(given).toHaveLength(RELAYS);
  expect(given.at(-1)?.signed.receipt).toMatchObject({ sequence: RELAYS, totalCharged: 104n });
  for (const { ref, signed, seenHash } of taken) {
    const checks = verifyReceipt(
      signed,
      {
        session,
        weights: terms.MODEL.weights,
        ref,
        modelSha256: terms.MODEL.ggufSha256,
        maxCu: 1_000n,
        responseHash: seenHash,
      },
      recoverOffline,
    );
    expect(isGoodReceipt(checks)).toBe(true);
    expect(await viemSigner(signed.receipt, signed.signature)).toBe(supplier.address);
  }
  served.dispose();
  paid.dispose();
});

async function viemSigner(message: Record<string, unknown>, signature: ViemHex): Promise<string> {
  const fields = Object.entries(RECEIPT.fields).map(([name, type]) => ({ name, type }));
  const { chainId, hub: verifyingContract } = terms.NETWORK;
  const address = await recoverTypedDataAddress({
    domain: { name: 'Lull RelayHub', version: '1', chainId, verifyingContract },
    types: { Receipt: fields },
    primaryType: 'Receipt',
    message,
    signature: compactSignatureToSignature(parseCompactSignature(signature)),
  });
  return address.toLowerCase();
}
