/** What a receipt says, as names and values. */
import type { Asset, ReceiptView } from '../../../electron/ipc/network.ts';
import { shortHex } from '../../format/addresses.ts';
import { formatCount, formatRate } from '../../format/numbers.ts';
import { countOf, finishWords } from '../../format/receipt-words.ts';
import { formatDateTime, formatDuration } from '../../format/times.ts';
import { plainly } from '../../store/use-write.ts';
import type { Fact } from '../../ui/Facts.tsx';

/** Less than this would read as `0.00 s`. */
const SHORTEST_SHOWN_MS = 5;
const MS = 1_000;

/** What most people want to know. */
export function receiptFacts(
  receipt: ReceiptView,
  asset: Asset,
  write = plainly(asset),
): readonly Fact[] {
  const { line, supplier, application } = receipt;
  return [
    { name: 'When', value: formatDateTime(line.atMs) },
    {
      name: 'Supplier',
      value: line.role === 'supplier' ? `${write.own(supplier)} (you)` : write.own(supplier),
      isCode: true,
    },
    {
      name: 'Application',
      value:
        line.role === 'application' ? `${write.own(application)} (you)` : write.own(application),
      isCode: true,
    },
    { name: 'Charged', value: write.amount(line.charged) },
    { name: 'Price', value: `${write.amount(receipt.price)} per 1,000,000 compute units` },
    { name: 'Tokens', value: tokensLine(receipt) },
    { name: 'Kept', value: keptLine(receipt) },
    { name: 'Given back', value: refundLine(receipt) },
    {
      name: 'Speed',
      value: line.tokensPerSecond === null ? null : formatRate(line.tokensPerSecond),
    },
    { name: 'Time', value: timeLine(receipt) },
    { name: 'End', value: finishWords(line.finish) },
  ];
}

/** The rest, in full, for whoever compares it with something else. */
export function moreReceiptFacts(
  receipt: ReceiptView,
  asset: Asset,
  write = plainly(asset),
): readonly Fact[] {
  return [
    { name: 'Question hash', value: receipt.line.ref, isCode: true },
    { name: 'Answer hash', value: receipt.responseHash, isCode: true },
    { name: 'Model SHA-256', value: receipt.modelSha256, isCode: true },
    { name: 'Service', value: receipt.service, isCode: true },
    { name: 'Compute units', value: receipt.cu.toLocaleString('en') },
    { name: 'Epoch', value: formatCount(receipt.epoch) },
    { name: 'Sequence in the session', value: formatCount(receipt.sequence) },
    { name: 'Session total', value: write.amount(receipt.totalCharged) },
    { name: 'Signature', value: receipt.signature, isCode: true },
    { name: 'Transaction', value: receipt.transaction, isCode: true },
  ];
}

/** Where the money is. */
export function paymentWords({ line, transaction }: ReceiptView, isPaid: boolean): string {
  if (transaction !== null) return `Paid by transaction ${shortHex(transaction)}`;
  if (isPaid) return 'Paid';
  return line.role === 'supplier'
    ? 'Waiting: Collect in Earnings asks the chain to pay'
    : 'Promised by voucher: the Supplier collects it when it likes';
}

/** Those that were kept cost nothing again, those that happened to be known a part, new ones the whole. */
function tokensLine({ line, cachedTokens, heldTokens }: ReceiptView): string {
  const cached = cachedTokens - heldTokens;
  const parts = [
    ...(heldTokens === 0 ? [] : [`${formatCount(heldTokens)} of them kept and already paid for`]),
    ...(cached === 0 ? [] : [`${formatCount(cached)} of them cached`]),
  ];
  const known = parts.map((part) => `, ${part}`).join('');
  const fresh = heldTokens === 0 ? '' : `, ${formatCount(line.promptTokens - cachedTokens)} new`;
  return `${countOf(line.promptTokens, 'token')} read${known}${fresh}, ${formatCount(line.outputTokens)} written`;
}

function keptLine({ holdSeconds }: ReceiptView): string | null {
  return holdSeconds === 0
    ? null
    : `The conversation, for ${formatDuration(holdSeconds * MS)}, for the next question`;
}

function refundLine(receipt: ReceiptView): string | null {
  const { refundTokenSeconds: now, owedTokenSeconds: later } = receipt;
  if (now === 0n && later === 0n) return null;
  const owed = later === 0n ? '' : `, ${formatTokenSeconds(later)} more from the next receipts`;
  return `${formatTokenSeconds(now)} that were paid for and not kept${owed}`;
}

function formatTokenSeconds(value: bigint): string {
  return `${value.toLocaleString('en')} token-seconds`;
}

function timeLine({ queuedMs, firstTokenMs, totalMs }: ReceiptView): string {
  const queued = queuedMs < SHORTEST_SHOWN_MS ? '' : `, ${formatDuration(queuedMs)} in the queue`;
  const first = `first token after ${formatDuration(firstTokenMs)}`;
  return `${formatDuration(totalMs)} in all, ${first}${queued}`;
}
