/** A practice network as main might show it: prices, relays, receipts, earnings that grow. */
import type {
  Earnings,
  Network,
  Price,
  ReceiptCheckView,
  ReceiptView,
  RelayLine,
  Served,
} from '../../electron/ipc/network.ts';

const HOUR_MS = 3_600_000;
const HOURS = 24;
const SUPPLIER = '0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc';
const OWN_SUPPLIER = '0x70997970c51812dc3a010c7d01b50e0d17dc79c8';
const OWN_APPLICATION = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266';
const NEIGHBOUR = '0x90f79bf6eb2c4f870365e785982e1f101e93b906';

/** A network that has started. */
export function fakeNetwork(before: Network): Network {
  return {
    ...before,
    state: 'ready',
    detail: null,
    failure: null,
    application: OWN_APPLICATION,
    supplier: OWN_SUPPLIER,
    chainId: '31337',
    hub: '0x5fbdb2315678afecb367f032d93f642f64180aa3',
  };
}

/** Longer questions cost more. */
export function fakePrice(text: string): Price {
  return {
    modelName: 'MiniMind2-Small',
    supplier: SUPPLIER,
    most: 4_203n + BigInt(text.length),
    typical: 1_104n + BigInt(text.length),
    perMillionCu: 3_000_000n,
    maxTokens: 1_024,
    holdSeconds: 0,
  };
}

export function fakeServed(index: number, outputTokens: number): Served {
  return {
    supplier: SUPPLIER,
    ref: word(`a${String(index)}`),
    most: 4_203n,
    charged: BigInt(outputTokens) * 3n,
  };
}

export function fakeLine(changes: Partial<RelayLine> = {}): RelayLine {
  return {
    ref: word('1'),
    role: 'supplier',
    atMs: 1_000,
    modelName: 'MiniMind2-Small',
    promptTokens: 24,
    outputTokens: 42,
    tokensPerSecond: 412.3,
    charged: 126n,
    finish: 'stop',
    isRedeemed: false,
    ...changes,
  };
}

export function fakeReceipt(line: RelayLine, transaction: string | null = null): ReceiptView {
  const isServed = line.role === 'supplier';
  return {
    line,
    application: isServed ? NEIGHBOUR : OWN_APPLICATION,
    supplier: isServed ? OWN_SUPPLIER : SUPPLIER,
    service: word('5e'),
    modelSha256: word('3d'),
    epoch: 41_234,
    sequence: 3,
    price: 3_000_000n,
    cachedTokens: 8,
    heldTokens: 0,
    holdSeconds: 0,
    refundTokenSeconds: 0n,
    owedTokenSeconds: 0n,
    cu: 42n,
    totalCharged: line.charged * 3n,
    queuedMs: 4,
    firstTokenMs: 42,
    totalMs: 1_420,
    responseHash: word('4e'),
    signature: `0x${'9f2c41d7'.repeat(16)}`,
    transaction,
    json: '{}',
  };
}

export function fakeChecks(
  changes: Partial<Record<ReceiptCheckView['name'], Partial<ReceiptCheckView>>> = {},
): ReceiptCheckView[] {
  const names: readonly ReceiptCheckView['name'][] = [
    ...(['signature', 'session', 'request', 'model', 'response'] as const),
    ...(['sums', 'limit', 'tokens', 'totals'] as const),
  ];
  return names.map((name) => ({ name, outcome: 'ok', fault: '', ...changes[name] }));
}

/** After one more relay; the newest hour grows. */
export function withRelay(before: Earnings, line: RelayLine): Earnings {
  const recent = [line, ...before.recent].slice(0, 50);
  if (line.role === 'application') {
    const relaysAsked = before.relaysAsked + 1;
    return { ...before, recent, spent: before.spent + line.charged, relaysAsked };
  }
  const hours = before.hours.length > 0 ? before.hours : emptyHours(line.atMs);
  return {
    ...before,
    recent,
    earned: before.earned + line.charged,
    relaysServed: before.relaysServed + 1,
    hours: hours.map((hour, index) =>
      index === hours.length - 1
        ? { ...hour, earned: hour.earned + line.charged, relays: hour.relays + 1 }
        : hour,
    ),
  };
}

/** After the chain has paid for everything. */
export function collected(before: Earnings): Earnings {
  return {
    ...before,
    redeemed: before.earned,
    recent: before.recent.map((line) => ({
      ...line,
      isRedeemed: line.isRedeemed || line.role === 'supplier',
    })),
    collect: { state: 'idle', failure: null, transaction: word('7a') },
  };
}

export function emptyHours(nowMs: number): Earnings['hours'] {
  const current = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  return Array.from({ length: HOURS }, (_unused, index) => ({
    startMs: current - (HOURS - 1 - index) * HOUR_MS,
    earned: 0n,
    relays: 0,
  }));
}

/** A hash that can be told apart. */
export function word(start: string): string {
  return `0x${start.padEnd(64, 'c0ffee42')}`;
}
