/** A ledger from before conversations could be held: it opens, its receipts verify, and sums go on from it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  compactSignatureToSignature,
  parseCompactSignature,
  recoverTypedDataAddress,
  type Hex as ViemHex,
} from 'viem';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { checksOf, receiptJson } from '../../../electron/app/receipt-view.ts';
import { openLedgerDatabase } from '../../../electron/ledger/ledger-database.ts';
import { createSqliteLedger } from '../../../electron/ledger/sqlite-ledger.ts';
import { chargeOf, cuOf } from '../../../electron/protocol/cu.ts';
import type { Hex } from '../../../electron/protocol/hex.ts';
import { ledgerEntrySchema, type LedgerEntry } from '../../../electron/protocol/ledger-entries.ts';
import {
  beforeHolds,
  RECEIPT_BEFORE_HOLDS,
  type Receipt,
} from '../../../electron/protocol/receipt.ts';
import { sessionId } from '../../../electron/protocol/session.ts';
import { digestOf, hashDomain } from '../../../electron/protocol/typed-data.ts';
import { isGoodReceipt } from '../../../electron/protocol/verify-receipt.ts';
import { signDigest } from '../../../electron/relay/secp256k1-adapter.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { collect, createRelayPair, entriesOfKind } from '../../fakes/relay-pair.ts';
import * as terms from '../../fakes/relay-terms.ts';
import { addressOfKey } from '../../fakes/test-keys.ts';

const KEY = new Uint8Array(32).fill(4);
const REF: Hex = `0x${'0a'.repeat(32)}`;
const LATER = ['heldTokens', 'refundTokenSeconds', 'owedTokenSeconds', 'holdSeconds', 'follows'];
const CUMULATIVE = 200n;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lull-older-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function openLedger() {
  return createSqliteLedger(openLedgerDatabase(join(folder, 'ledger.sqlite')), createMemoryLog());
}

/** @param supplier whose signature it bears */
function olderReceipt(supplier: Hex): Receipt {
  const session = { ...terms.SESSION, supplier };
  const usage = { promptTokens: 20, cachedTokens: 0, outputTokens: 2, heldTokenSeconds: 0n };
  const cu = cuOf(terms.MODEL.weights, usage);
  const charged = chargeOf(cu, session.price);
  return {
    session: sessionId(session),
    ref: REF,
    sequence: 1,
    cumulative: CUMULATIVE,
    responseHash: terms.MODEL.profile,
    modelSha256: terms.MODEL.ggufSha256,
    profile: terms.MODEL.profile,
    ...usage,
    ...{ heldTokens: 0, refundTokenSeconds: 0n, owedTokenSeconds: 0n },
    ...{ cu, totalCu: cu, charged, totalCharged: charged },
    ...{ finish: 0, queuedMs: 1, firstTokenMs: 2, totalMs: 3, endedAtMs: 4n },
  };
}

/** One relay on both sides, as the rows that were written then. */
function olderRows(supplier: Hex, signature: Hex): readonly LedgerEntry[] {
  const receipt = olderReceipt(supplier);
  const { session } = receipt;
  const atMs = terms.NOW_MS;
  const signed = { receipt, signature };
  const opened = {
    ...({ kind: 'session-opened', atMs, session } as const),
    ...{ terms: { ...terms.SESSION, supplier }, model: terms.MODEL, peerKey: terms.SUPPLIER_PEER },
  };
  const voucher = { cumulative: CUMULATIVE, signature, maxCu: 1_000n };
  const deadlineMs = BigInt(atMs + 60_000);
  const [seenHash, firstTextMs] = [receipt.responseHash, 1];
  return [
    { ...opened, role: 'supplier' },
    { kind: 'relay-accepted', atMs, session, ref: REF, ...voucher },
    { kind: 'relay-served', atMs, session, ref: REF, signed },
    { ...opened, role: 'application' },
    { kind: 'relay-sent', atMs, session, ref: REF, ...voucher, deadlineMs },
    { kind: 'relay-paid', atMs, session, ref: REF, signed, seenHash, firstTextMs },
  ];
}

function writeRows(rows: readonly LedgerEntry[]): void {
  openLedger().dispose();
  const database = new DatabaseSync(join(folder, 'ledger.sqlite'));
  const insert = database.prepare(
    'INSERT INTO entry (kind, role, session, ref, epoch, at_ms, json) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  rows.forEach((row, index) => {
    const json = JSON.stringify(z.encode(ledgerEntrySchema, row), (name, value: unknown) =>
      LATER.includes(name) ? undefined : value,
    );
    expect(LATER.filter((name) => json.includes(name))).toEqual([]);
    const role = index < 3 ? 'supplier' : 'application';
    const epoch = row.kind === 'session-opened' ? row.terms.epoch : null;
    const ref = 'ref' in row ? row.ref : null;
    insert.run(row.kind, role, row.session, ref, epoch, row.atMs, json);
  });
  database.close();
}

const typedData = z.object({
  signature: z.custom<ViemHex>(),
  typedData: z.object({
    types: z.object({ Receipt: z.array(z.object({ name: z.string(), type: z.string() })) }),
    message: z.record(z.string(), z.unknown()),
  }),
});

it('opens, and its receipts verify by the form in which they were signed', async () => {
  const supplier = addressOfKey(KEY);
  const before = beforeHolds(olderReceipt(supplier));
  if (before === null) throw new Error('it says nothing of holds');
  const { chainId, hub: verifyingContract } = terms.NETWORK;
  const domain = hashDomain({ chainId, verifyingContract });
  const signature = signDigest(KEY, digestOf(domain, RECEIPT_BEFORE_HOLDS, before));
  const rows = olderRows(supplier, signature);
  writeRows(rows);
  const ledger = openLedger();
  expect([...ledger.all()].map(({ entry }) => entry)).toEqual(rows);
  expect(isGoodReceipt(checksOf(ledger, REF))).toBe(true);
  const told = typedData.parse(JSON.parse(receiptJson(ledger, REF)));
  const signer = await recoverTypedDataAddress({
    domain: { name: 'Lull RelayHub', version: '1', chainId, verifyingContract },
    types: { Receipt: told.typedData.types.Receipt },
    primaryType: 'Receipt',
    message: told.typedData.message,
    signature: compactSignatureToSignature(parseCompactSignature(told.signature)),
  });
  expect(signer.toLowerCase()).toBe(supplier);
  ledger.dispose();
});

it('is gone on from by both sides, with the sums that it ends in', async () => {
  writeRows(olderRows(terms.SUPPLIER, `0x${'0b'.repeat(64)}`));
  const ledger = openLedger();
  const pair = createRelayPair({ supplier: { ledger }, application: { ledger } });
  await pair.supplier.restore();
  const never = new AbortController().signal;
  const question = { ...terms.question('hi', 8), holdSeconds: 60 };
  const events = await collect(pair.application.ask(pair.offer(), question, never));
  const end = events.at(-1);
  expect(end?.type === 'end' && end.signed?.receipt).toMatchObject({ sequence: 2, cu: 27n });
  const served = entriesOfKind(
    ledger.entriesOf('supplier', sessionId(terms.SESSION)),
    'relay-served',
  );
  expect(served.at(-1)?.signed.receipt.totalCu).toBe(26n + 27n);
  ledger.dispose();
});
