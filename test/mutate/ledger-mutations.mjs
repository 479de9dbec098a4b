/** What is broken of the governor’s memory: stretches, energy, money, self-test. */
import { inFile } from './in-file.mjs';

const STRETCHES = 'electron/governor/stretches.ts';
const STRETCH_BOOK = 'electron/governor/stretch-book.ts';
const ENERGY = 'electron/governor/energy.ts';
const ENERGY_BOOK = 'electron/governor/energy-book.ts';
const MONEY = 'electron/governor/money.ts';
const MISSED = 'electron/governor/missed.ts';
const SELF_TEST = 'electron/governor/self-test.ts';
const SELF_TEST_RUNNER = 'electron/governor/self-test-runner.ts';
const GOVERNOR_LEDGER = 'electron/governor/governor-ledger.ts';
const GOVERNOR_VIEW = 'electron/governor/governor-view.ts';
const STRETCH_TESTS = ['test/unit/governor/stretches.test.ts'];
const ENERGY_TESTS = ['test/unit/governor/energy.test.ts'];
const BALANCE_TESTS = ['test/unit/governor/money.test.ts'];
const SELF_TEST_TESTS = ['test/unit/governor/self-test.test.ts'];
const NODE_SELF_TEST = 'electron/app/compose-self-test.ts';
const NODE_SELF_TEST_TESTS = ['test/unit/app/compose-self-test.test.ts'];
const GOVERNOR_LEDGER_TESTS = ['test/unit/governor/governor-ledger.test.ts'];

/** @type {readonly import('./in-file.mjs').Mutation[]} */
export const LEDGER_MUTATIONS = [
  ...inFile(STRETCHES, STRETCH_TESTS, [
    ['short stretches stand at once', 'SHORTEST_MS = 2_000', 'SHORTEST_MS = 1_900'],
    ['only long stretches stand', 'SHORTEST_MS = 2_000', 'SHORTEST_MS = 2_100'],
    ['asleep too soon', 'ASLEEP_AFTER_MS = 90_000', 'ASLEEP_AFTER_MS = 89_999'],
    ['asleep too late', 'ASLEEP_AFTER_MS = 90_000', 'ASLEEP_AFTER_MS = 90_001'],
    ['asleep at the limit', 'lived > ASLEEP_AFTER_MS', 'lived >= ASLEEP_AFTER_MS'],
    [
      'relays that compute are no serving',
      "hasWork ? 'serving' : 'ready'",
      "hasWork ? 'ready' : 'serving'",
    ],
    ['suspended is not asleep', "code === 'suspended'", "code === 'lid-shut'"],
    [
      'the last time told counts',
      'piece.expectedMs ?? expectedMs',
      'expectedMs ?? piece.expectedMs',
    ],
    ['two games are one', 'APP_CODES.includes(code)', 'false'],
    [
      'the shortest stands for all',
      'Math.max(...lengths.values())',
      'Math.min(...lengths.values())',
    ],
    ['the future stays after the clock was set back', 'fromMs < atMs);', 'fromMs <= atMs);'],
    ['what fell away leaves no reason', '[...own, ...other.also]', '[...other.also]'],
    ['nothing is richer than before', 'fresh.length === 0 && !isFirstTold', 'fresh.length === 0'],
  ]),
  ...inFile(ENERGY, ENERGY_TESTS, [
    ['a perfect power supply', 'PSU_PERCENT = 88n', 'PSU_PERCENT = 100n'],
    ['another power supply', 'PSU_PERCENT = 88n', 'PSU_PERCENT = 87n'],
    ['a kWh of other size', '3_600_000_000n', '3_600_000n'],
    ['sensors are trusted', 'sensor: 15n', 'sensor: 14n'],
    ['the plug is doubted', 'plug: 5n', 'plug: 6n'],
    ['another month', 'HOURS_PER_MONTH = 720n', 'HOURS_PER_MONTH = 744n'],
    ['idle rises at once', 'IDLE_RISE = 64', 'IDLE_RISE = 1'],
    ['idle never falls at once', 'now <= idleMilliwatts', 'now > idleMilliwatts'],
    ['idle is not taken off', ' - (idleMilliwatts ?? 0)', ''],
    ['idle of the owner is not taken off', 'serving - idle', 'serving'],
    [
      'idling costs',
      'hasWork ? Math.max(0, serving - idle) * MILLI : 0',
      'Math.max(0, serving - idle) * MILLI',
    ],
    ['costs are rounded down', 'dividend + divisor - 1n', 'dividend'],
    ['the cheap span begins late', 'minuteOfDay >= fromMinute || ', 'minuteOfDay > fromMinute || '],
    ['the cheap span ends late', '|| minuteOfDay < toMinute', '|| minuteOfDay <= toMinute'],
    ['a span by day ends late', '&& minuteOfDay < toMinute', '&& minuteOfDay <= toMinute'],
    ['an empty span is all day', 'fromMinute <= toMinute', 'fromMinute < toMinute'],
    ['a rest is lost', 'left[source] = sum % MILLI_BIG', 'left[source] = 0n'],
    ['zero watts are measured', 'watts > 0', 'watts >= 0'],
    [
      'another currency counts',
      'energy.currency === tariff.currency',
      'energy.currency !== tariff.currency',
    ],
  ]),
  ...inFile(ENERGY_BOOK, ENERGY_TESTS, [
    ['a card is believed longer', 'HELD_MS = 10_000', 'HELD_MS = 11_000'],
    ['a card is held for the whole time', 'Math.min(ms, HELD_MS)', 'ms'],
    ['sleep is work', 'ms > ASLEEP_AFTER_MS', 'false'],
    ['time at the limit is sleep', 'ms > ASLEEP_AFTER_MS', 'ms >= ASLEEP_AFTER_MS'],
    ['what was not offered counts', 'last === null || !last.moment.isOffered', 'last === null'],
    ['idling is work', 'workedMs: moment.hasWork ? ms : 0', 'workedMs: ms'],
    ['idle is learned while relays compute', 'if (moment.isArming)', 'if (moment.isOffered)'],
  ]),
  ...inFile(MONEY, BALANCE_TESTS, [
    ['a day of 23 hours', 'HOURS_PER_DAY = 24', 'HOURS_PER_DAY = 23'],
    ['a day of 25 hours', 'HOURS_PER_DAY = 24', 'HOURS_PER_DAY = 25'],
    ['less measured is enough', 'LEAST_MEASURED_PERCENT = 90', 'LEAST_MEASURED_PERCENT = 89'],
    ['more must be measured', 'LEAST_MEASURED_PERCENT = 90', 'LEAST_MEASURED_PERCENT = 91'],
    ['less work makes a rate', 'LEAST_WORKED_MS = 300_000', 'LEAST_WORKED_MS = 299_000'],
    ['more work makes a rate', 'LEAST_WORKED_MS = 300_000', 'LEAST_WORKED_MS = 301_000'],
    ['fewer tokens are enough', 'LEAST_TOKENS = 1_000', 'LEAST_TOKENS = 999'],
    ['more tokens are needed', 'LEAST_TOKENS = 1_000', 'LEAST_TOKENS = 1_001'],
    ['a floor at cost', 'FLOOR_TENTHS = 13n', 'FLOOR_TENTHS = 10n'],
    ['a higher floor', 'FLOOR_TENTHS = 13n', 'FLOOR_TENTHS = 14n'],
    ['electricity is income', 'worth - cost.micros', 'worth + cost.micros'],
    ['the oldest hour counts whole', 'hour === oldest ? HOUR_MS - goneMs : HOUR_MS', 'HOUR_MS'],
    ['the oldest hour counts by what is gone', 'HOUR_MS - goneMs : HOUR_MS', 'goneMs : HOUR_MS'],
    ['the future counts', 'hour > now || hour < oldest', 'hour < oldest'],
    ['the past counts', 'hour > now || hour < oldest', 'hour > now'],
    ['the newest hour of work is all work', 'workedMs >= HOUR_MS', 'workedMs > 9 * HOUR_MS'],
    ['the newest hour of work is a part of it', 'workedMs >= HOUR_MS', 'workedMs >= HOUR_MS / 2'],
    ['a rate without watts', '|| !isMeasured(recent)', ''],
    ['a floor without electricity', 'cost.micros === 0n', 'false'],
  ]),
  ...inFile(MISSED, BALANCE_TESTS, [
    ['shorter hours count', 'LEAST_OFFERED_MS = 600_000', 'LEAST_OFFERED_MS = 599_999'],
    ['longer hours count', 'LEAST_OFFERED_MS = 600_000', 'LEAST_OFFERED_MS = 600_001'],
    ['hours without work count', '&& hour.outputTokens > 0', ''],
    ['the best hour is the usual one', 'Math.floor(sorted.length / 2)', 'sorted.length - 1'],
    ['closing the app is missed work', "  'app-closed',\n", ''],
    ['a loss is missed', "  'unprofitable',\n", ''],
    ['a pause is missed', "  'snoozed',\n", ''],
  ]),
  ...inFile(SELF_TEST, SELF_TEST_TESTS, [
    ['an unread heat is never looked for again', 'last.mayPass === true &&', 'false &&'],
    ['looked for again too soon', 'AGAIN_MS = 600_000', 'AGAIN_MS = 599_000'],
    ['a wrong answer may pass', 'last.mayPass === true', 'last.mayPass !== false'],
    ['a wrong golden answer passes', "golden === 'wrong'", "golden !== 'wrong'"],
    ['another driver is no reason', "  'device',\n  'driver',\n", "  'device',\n"],
    ['another model is no reason', "  'modelSha256',\n", ''],
    ['another engine is no reason', "  'engineVersion',\n", ''],
    ['another backend is no reason', "  'backend',\n", ''],
    ['three words are a repetition', 'LEAST_REPEATED = 4', 'LEAST_REPEATED = 3'],
    ['four words are no repetition', 'LEAST_REPEATED = 4', 'LEAST_REPEATED = 5'],
    ['what is no number passes', '!answer.logprobs.every(Number.isFinite)', 'false'],
    [
      'another answer passes',
      'isSame ? passed(WORDS.same) : failed(WORDS.other)',
      'passed(WORDS.same)',
    ],
    ['cards are compared with each other', ' &&\n    one.device === other.device', ''],
    ['a card without a temperature passes', 'heat.celsius !== null && ', 'true || '],
    ['doing without is not respected', 'heat === null || heat.isWaived', 'heat === null'],
    ['a wrong answer is remembered', 'answered.detail === WORDS.first &&', ''],
    ['more answers are kept', 'MOST_KNOWN = 200', 'MOST_KNOWN = 201'],
    ['longer answers are kept', 'MOST_TOKENS = 64', 'MOST_TOKENS = 65'],
  ]),
  ...inFile(SELF_TEST_RUNNER, SELF_TEST_TESTS, [
    ['asks again too soon', 'RETRY_MS = 60_000', 'RETRY_MS = 59_000'],
    ['asks a second time meanwhile', 'isWaiting || running !== null ||', 'isWaiting ||'],
    ['asks again at once', 'isDisposed || isWaiting ||', 'isDisposed ||'],
    ['begins again by itself', 'if (!stop.signal.aborted) look', 'look'],
    ['tests after its end', 'isDisposed || isWaiting ||', 'isWaiting ||'],
  ]),
  ...inFile(NODE_SELF_TEST, NODE_SELF_TEST_TESTS, [
    ['the owner’s own test ends', 'if (!isOwnersWish()) tester', 'tester'],
    ['goes on beside the owner', 'if (!isOwnersWish()) tester.stop();', ''],
  ]),
  ...inFile(GOVERNOR_LEDGER, GOVERNOR_LEDGER_TESTS, [
    ['writes less often', 'WRITE_MS = 60_000', 'WRITE_MS = 61_000'],
    ['writes more often', 'WRITE_MS = 60_000', 'WRITE_MS = 59_000'],
    ['beats too seldom to see a sleep', 'BEAT_MS = 30_000', 'BEAT_MS = 100_000'],
    ['tells each failure', '!failing.has(what)', 'true'],
    ['a full disk loses what happened', 'strip.saved();', ''],
    [
      'allows what is no program',
      'isOfApp(piece.code) ? programOf(piece.detail) : null',
      'true ? piece.code : null',
    ],
    ['idle is learned while serving', "status.mode === 'waiting',", "status.mode !== 'waiting',"],
  ]),
  ...inFile(STRETCH_BOOK, GOVERNOR_LEDGER_TESTS, [
    ['a day of 23 hours', 'DAY_MS = 24 * HOUR_MS', 'DAY_MS = 23 * HOUR_MS'],
    ['forgets too soon', 'KEPT_DAYS = 90', 'KEPT_DAYS = 89'],
    ['keeps too long', 'KEPT_DAYS = 90', 'KEPT_DAYS = 91'],
    ['shows a thousand stretches', 'MOST_SHOWN = 300', 'MOST_SHOWN = 3_000'],
    ['a restart is no time', 'nowMs - untilMs < SHORTEST_MS', 'true'],
    ['the past of a clock set back stays', 'atMs < strip.untilMs', 'false'],
  ]),
  ...inFile(GOVERNOR_VIEW, GOVERNOR_LEDGER_TESTS, [
    ['live for longer', 'LIVE_MS = 10_000', 'LIVE_MS = 10_001'],
    ['live for less', 'LIVE_MS = 10_000', 'LIVE_MS = 9_999'],
    ['more give-backs are shown', 'SHOWN_GIVE_BACKS = 20', 'SHOWN_GIVE_BACKS = 21'],
    ['any wait is live', "=== 'arming'", "!== 'arming'"],
    ['101 percent', 'Math.min(100, Math.max(0, value))', 'Math.max(0, value)'],
    [
      'a card of another spelling is none',
      'fresh(ownCard(readings, device).card, monotonicMs)',
      '(fresh(readings.gpus, monotonicMs) ?? []).find(({ name }) => name === device.name) ?? null',
    ],
    ['the owner is measured', "ownersWatts === null ? 'measured' : 'owner'", "'measured'"],
  ]),
];
