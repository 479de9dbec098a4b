/** What `npm run test:mutate` breaks, one at a time: a test must fail for every line of this. */

import { GOVERNOR_MUTATIONS } from './governor-mutations.mjs';
import { HEAT_MUTATIONS } from './heat-mutations.mjs';
import { inFile } from './in-file.mjs';
import { LEDGER_MUTATIONS } from './ledger-mutations.mjs';

/** The table whose rules are turned round one by one; the names are read from the file itself. */
export const RULES = {
  file: 'electron/relay/admission-rules.ts',
  tests: ['test/unit/relay/admission-rules.test.ts'],
};

const CU = 'electron/protocol/cu.ts';
const RECEIPT = 'electron/protocol/receipt.ts';
const VERIFY = 'electron/protocol/verify-receipt.ts';
const HOLD = 'electron/protocol/hold.ts';
const COVER = 'electron/relay/cover.ts';
const CHECKS = 'electron/relay/receipt-checks.ts';
const SPLIT = 'electron/relay/compact-signature.ts';
const POLICY = 'electron/wallet/key-policy.ts';
const CU_TESTS = ['test/unit/protocol/money.test.ts'];
const RECEIPT_TESTS = ['test/unit/protocol/verify-receipt.test.ts'];
const COVER_TESTS = ['test/unit/relay/admission-rules.test.ts'];
const ORDER_TESTS = ['test/unit/relay/receipt-order.test.ts'];
const ASK_TESTS = ['test/unit/relay/application.test.ts'];
const SUPPLIER_TESTS = ['test/unit/relay/supplier.test.ts'];
const HOLD_TESTS = ['test/unit/relay/holds.test.ts', 'test/unit/protocol/hold.test.ts'];
const LOGPROB_TESTS = ['test/unit/relay/logprobs.test.ts'];
const ATTACK_TESTS = ['test/unit/relay/attacks.test.ts'];
const SIGNING_TESTS = ['test/unit/relay/signing.test.ts'];
const POLICY_TESTS = ['test/unit/wallet/key-policy.test.ts'];

/** @type {readonly import('./in-file.mjs').Mutation[]} */
export const MUTATIONS = [
  ...GOVERNOR_MUTATIONS,
  ...HEAT_MUTATIONS,
  ...LEDGER_MUTATIONS,
  ...inFile(COVER, COVER_TESTS, [
    ['cover without what is settled', 'settledCu + inFlightCu + maxCu', 'inFlightCu + maxCu'],
    ['cover without what is in flight', 'settledCu + inFlightCu + maxCu', 'settledCu + maxCu'],
    ['cover without this relay', 'settledCu + inFlightCu + maxCu', 'settledCu + inFlightCu'],
    ['the lower voucher counts', 'given > held', 'given < held'],
  ]),
  ...inFile(CU, CU_TESTS, [
    [
      'a charge rounded up',
      '(totalCu * price) / PRICE_CU',
      '(totalCu * price + PRICE_CU - 1n) / PRICE_CU',
    ],
    ['compute units rounded up', '? milli / MILLI :', '? (milli + MILLI - 1n) / MILLI :'],
    [
      'cached tokens charged twice',
      'usage.promptTokens - usage.cachedTokens;',
      'usage.promptTokens;',
    ],
    ['output not charged', 'BigInt(weights.outputMilli) * BigInt(usage.outputTokens)', '0n'],
    ['held not charged', 'BigInt(weights.heldMilli) * usage.heldTokenSeconds', '0n'],
    ['room for a prompt that is too dear', 'if (spent > maxCu) return -1;', ''],
    ['room without the prompt', '((maxCu - spent) * MILLI)', '(maxCu * MILLI)'],
    ['kept tokens charged as cached', 'cachedTokens - (usage.heldTokens ?? 0)', 'cachedTokens'],
    ['nothing given back', '* (usage.refundTokenSeconds ?? 0n)', '* 0n'],
    ['given back below zero', 'milli > 0n ? milli / MILLI : 0n', 'milli / MILLI'],
    ['more taken off than there is', 'most < owed ? most : owed', 'owed'],
    ['what is left is not owed on', 'owed - refundTokenSeconds }', '0n }'],
    ['a hold of the prompt for nothing', 'BigInt(prompt.promptTokens) * BigInt(holdSeconds)', '0n'],
    ['a hold of the answer for nothing', ' + BigInt(weights.heldMilli) * BigInt(holdSeconds)', ''],
  ]),
  ...inFile(RECEIPT, RECEIPT_TESTS, [
    ['more cached than prompt', 'receipt.cachedTokens > receipt.promptTokens', 'false'],
    ['more held than cached', 'receipt.heldTokens > receipt.cachedTokens', 'false'],
    ['any hold', '!isHoldRight(receipt)', 'false'],
    [
      'any refund',
      'receipt.refundTokenSeconds !== takeRefund(terms.weights, gross, owed).refundTokenSeconds',
      'false',
    ],
    ['an unknown finish', "if (finishOf(receipt.finish) === null) return 'an unknown finish';", ''],
    ['a failed relay is charged', 'isFailed ? 0n : cuOf', 'isFailed ? receipt.cu : cuOf'],
    ['a failed relay gives back', 'isFailed ? 0n : milliOf', 'isFailed ? 1n << 60n : milliOf'],
    ['an old form for what it cannot say', 'heldTokens === 0 && ', ''],
    ['compute units unchecked', 'receipt.cu !== cu', 'false'],
    ['a total below its own', 'receipt.totalCu < receipt.cu', 'false'],
    [
      'the total charge unchecked',
      'receipt.totalCharged !== chargeOf(receipt.totalCu, terms.price)',
      'false',
    ],
    ['the charge unchecked', 'receipt.charged !== receipt.totalCharged - before', 'false'],
  ]),
  ...inFile(VERIFY, RECEIPT_TESTS, [
    ['any signer', 'recover(digest, signature) === session.supplier', 'digest.length > 0'],
    ['no receipt from before there were holds', "? 'before holds' : null", '? null : null'],
    ['any session', 'receipt.session === sessionId(session)', 'true'],
    ['any request', 'receipt.ref === terms.ref', 'true'],
    ['any model', 'receipt.modelSha256 === terms.modelSha256', 'true'],
    ['any answer', 'receipt.responseHash === terms.responseHash', 'true'],
    ['an answer never compared', 'terms.responseHash === null', 'true'],
    ['any sums', 'sums === null ? null', 'sums !== undefined ? null'],
    ['any amount', 'receipt.cu <= terms.maxCu', 'true'],
    ['a wrong one is good', "outcome !== 'wrong'", 'outcome.length > 0'],
  ]),
  ...inFile(CHECKS, ORDER_TESTS, [
    ['a number given twice', 'twin !== null && twin.ref !== ref', 'false'],
    ['any total after the one before', '!isGapRight(gapBelow,', 'false && !isGapRight(gapBelow,'],
    ['any total before the one after', '!isGapRight(gapAbove,', 'false && !isGapRight(gapAbove,'],
    ['a gap of any size', 'cu >= 0n && cu <= openCu', 'cu >= 0n'],
    ['a gap that takes back', 'cu >= 0n && cu <= openCu', 'cu <= openCu'],
    ['a gap between neighbours', 'missing === 0 ? cu === 0n :', 'missing < 0 ? cu === 0n :'],
    ['beyond every voucher', 'chargeOf(totalCu, beside.price) > beside.bestCumulative', 'false'],
    [
      'more prompt than the question',
      'receipt.promptTokens > limits.promptTokens',
      'receipt.promptTokens < 0',
    ],
    [
      'more tokens than asked for',
      'receipt.outputTokens > limits.outputTokens',
      'receipt.outputTokens < 0',
    ],
    [
      'another hold than was bought',
      'bought !== 0n && bought !== tokens * BigInt(holdSeconds)',
      'bought < 0n',
    ],
    ['a hold that has to be charged', 'bought !== 0n && bought !==', 'bought !=='],
    ['more kept than was paid for', 'receipt.heldTokens <= (hold?.tokens ?? 0)', 'true'],
    ['what is owed is forgotten', 'given !== (below?.owedTokenSeconds ?? 0n) + due', 'given < 0n'],
    ['more is given back than is owed', 'given !== (below?.', 'given < (below?.'],
    ['less than is due after a gap', ': given < due', ': given < 0n'],
    [
      'the next one owes something else',
      'after === receipt.owedTokenSeconds + dueFor(above)',
      'after >= 0n',
    ],
    [
      'a gap taken for a neighbour',
      'above.sequence !== receipt.sequence + 1',
      'above.sequence < 0',
    ],
    ['an answer without its probabilities', 'seen.unrated > 0', 'seen.unrated < 0'],
    ['other tokens than came', 'receipt.outputTokens === seen.tokens', 'receipt.outputTokens >= 0'],
  ]),
  ...inFile('electron/relay/supplier-resync.ts', ATTACK_TESTS, [
    ['a voucher read on the chain', 'known.peerKey === peerKey ? null', 'known ? null'],
    ['a session at any price', 'terms.price !== model.price', 'false'],
    ['a session of the future', 'terms.epoch > epochAt(', '-1 > epochAt('],
    ['a session of the past written down', 'known === null && isOver', 'false'],
  ]),
  ...inFile('electron/relay/supplier-sessions.ts', ATTACK_TESTS, [
    ['a draw shared unseen', 'charged > 0n || commitment().inFlightCu > 0n', 'charged < 0n'],
  ]),
  ...inFile(CHECKS, ASK_TESTS, [
    [
      'another voucher',
      'receipt.cumulative === relay?.sent.cumulative',
      'receipt.cumulative >= 0n',
    ],
  ]),
  ...inFile('electron/relay/application-session.ts', ASK_TESTS, [
    ['vouchers being signed not counted', 'sums.sentCu + sums.signingCu', 'sums.sentCu'],
    ['the worst loss shown too small', 'given > reserved ? given : reserved', 'reserved'],
    ['an answer under way is asked for', '!active.has(ref)', 'ref.length > 0'],
  ]),
  ...inFile('electron/relay/relay-stream.ts', ASK_TESTS, [
    [
      'what the Supplier knows is freed',
      "code === 'replayed' || came.chunks > 0",
      'came.chunks > 0',
    ],
    ['parts in any order', 'number !== came.chunks', 'number < 0'],
  ]),
  ...inFile(HOLD, HOLD_TESTS, [
    ['a hold of an answer that broke off', '!isOwnEnd(finishOf(finish))', 'false'],
    ['a hold of part of a conversation', 'bought % tokens === 0n && ', ''],
    ['a hold without end', 'bought <= tokens * BigInt(MAX_HOLD_SECONDS)', 'true'],
    ['a hold that was never charged', 'receipt.heldTokenSeconds === 0n || ', ''],
    ['a failed follow-up is given back', "finishOf(finish) !== 'failed' && ", ''],
    ['a follow-up that never looked is given back', ' && promptTokens > 0', ''],
    ['given back after its time', 'beganMs > hold.untilMs', 'false'],
    ['not given back in time', 'beganMs > hold.untilMs', 'beganMs >= hold.untilMs'],
    ['given back for a moment only', ' * BigInt(hold.seconds);', ';'],
    ['given back though it was there', 'hold.tokens - followUp.heldTokens', 'hold.tokens'],
  ]),
  ...inFile('electron/relay/supplier-holds.ts', HOLD_TESTS, [
    ['a hold that nobody bought', 'session.holdOf(follows) === null || ', ''],
    ['a hold gone on from twice', 'session.isHoldTaken(follows)', 'false'],
    [
      'a hold of another conversation',
      'return holds.mayContinue(follows, turnsOf(body));',
      'return true;',
    ],
    ['any number of holds', 'MAX_HOLDS_OF_ONE - holds.count(application)', 'MAX_HOLDS'],
  ]),
  ...inFile('electron/relay/bought-holds.ts', HOLD_TESTS, [
    ['any words', 'asked[at].text === text', 'true'],
    ['the answer left out', "[...turns, { role: 'assistant', text: answer }]", '[...turns]'],
    ['no next question', 'asked.length <= said.length', 'false'],
    ['holds that never end', 'if (untilMs <= nowMs)', 'if (untilMs < 0)'],
    ["another one's conversation", 'other !== owner || ', ''],
  ]),
  ...inFile('electron/relay/settle.ts', HOLD_TESTS, [
    ['a hold of what broke off is charged', 'isOwnEnd(end) ?', 'end ?'],
    ['what is owed is not owed on', '(last?.owedTokenSeconds ?? 0n) + due', 'due'],
    [
      'what is due is not given back',
      '(last?.owedTokenSeconds ?? 0n) + due',
      '(last?.owedTokenSeconds ?? 0n)',
    ],
  ]),
  ...inFile('electron/relay/top-logprobs.ts', LOGPROB_TESTS, [
    ['cut off instead of rounded', 'Math.round(logprob * 1000)', 'Math.trunc(logprob * 1000)'],
    ['beyond four bytes', '!(milli >= INT32_MIN)', 'Number.isNaN(milli)'],
    ['more than were asked for', 'top.slice(0, most)', 'top.slice()'],
    ['too many pass', ' || ids.length > asked', ''],
    ['empty ones pass', 'ids.length === 0 || ', ''],
    ['tokens without any', 'asked === 0 ? 0 : tokenIds.length', 'logprobs.length'],
  ]),
  ...inFile('electron/relay/relay-run.ts', LOGPROB_TESTS, [
    ['an answer that was not rated', 'logprobFaults(part, topLogprobs) > 0', 'false'],
  ]),
  ...inFile('electron/relay/relay-run.ts', HOLD_TESTS, [
    [
      'more kept than was bought',
      'event.counts.held ?? 0, hold?.tokens ?? 0',
      'event.counts.held ?? 0',
    ],
  ]),
  ...inFile('electron/relay/relay-run.ts', SUPPLIER_TESTS, [
    ['more tokens than there is room for', 'count.output + tokenIds.length > room', 'false'],
    ['a prompt that is too dear', 'if (room < 0) {', 'if (room < -1) {'],
  ]),
  ...inFile('electron/relay/supplier-resync.ts', SUPPLIER_TESTS, [
    ['void is not written down', "session.append(voided, 'full');", 'void voided;'],
    [
      'strangers are answered',
      "signer !== quote.hotKey) return 'key-not-granted'",
      'false) return null',
    ],
  ]),
  ...inFile('electron/relay/supplier-admission.ts', SUPPLIER_TESTS, [
    ['the rules are not asked again', 'if (again !== null) return again;', 'void again;'],
  ]),
  ...inFile(SPLIT, SIGNING_TESTS, [
    ['a high s', 'return value > HALF_ORDER;', 'return value < 0n;'],
    ['a half order too many', 'value > HALF_ORDER', 'value > HALF_ORDER + 1n'],
    ['the parity forgotten', '? 0 : 1', '? 0 : 0'],
  ]),
  ...inFile(POLICY, POLICY_TESTS, [
    ['signing for any chain', 'chainId !== policy.chainId', 'false'],
    ['coins may leave', 'valueWei !== 0n', 'false'],
    ['any fee', 'BigInt(gas) * maxFeePerGasWei > MAX_FEE_WEI', 'false'],
    ['any tip', 'transaction.maxPriorityFeePerGasWei > maxFeePerGasWei', 'false'],
    ['any contract', 'each.to === to && ', ''],
    ['any function', ' && data.startsWith(each.selector)', ''],
    ['more than its arguments', '!isWhole(data, call)', 'false'],
    ['any first address', 'wordAt(data, 0) === ADDRESS_PADDING + call.first.slice(2)', 'true'],
    ['the grant of any key', 'key !== addresses.relay', 'false'],
    ['a grant to any Application', 'application === addresses.owner ? null', 'true ? null'],
    [
      'approval for anybody',
      "'approve(address,uint256)', first: 'hub'",
      "'approve(address,uint256)', first: 'any'",
    ],
  ]),
];
