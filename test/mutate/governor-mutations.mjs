/** What `npm run test:mutate` breaks of the governor's decision. */

/** @typedef {import('./in-file.mjs').Mutation} Mutation */

const FOLDER = 'electron/governor/';
const TESTS = 'test/unit/governor/';
const NOW = [`${TESTS}decide.test.ts`, `${TESTS}decide-over-time.test.ts`];
const MACHINE = [`${TESTS}decide-machine.test.ts`, `${TESTS}decide-machine-over-time.test.ts`];
const CARD = [`${TESTS}decide-card.test.ts`];
const GIVE_BACK = [`${TESTS}decide-give-back.test.ts`];

/**
 * @param {string} file
 * @param {readonly string[]} tests
 * @param {readonly (readonly [from: string, to: string])[]} changes
 * @returns {Mutation[]}
 */
function inFile(file, tests, changes) {
  return changes.map(([from, to]) => ({
    name: `governor: ${file}: ${from} -> ${to}`,
    file: `${FOLDER}${file}`,
    from,
    to,
    tests,
  }));
}

/** @type {readonly Mutation[]} */
export const GOVERNOR_MUTATIONS = [
  ...inFile('policy.ts', NOW, [
    ['away: 1, locked: 1, always: 0.5', 'away: 1, locked: 1, always: 0.6'],
    ['away: 1, locked: 1, always: 0.5', 'away: 0.9, locked: 1, always: 0.5'],
    ['idleAfterBlip: 120_000', 'idleAfterBlip: 100_000'],
    ['idleLocked: 30_000', 'idleLocked: 40_000'],
    ['  locked: 30_000', '  locked: 26_000'],
    ['mains: 30_000', 'mains: 26_000'],
    ['awake: 60_000', 'awake: 66_000'],
    ['BLIP_MS = 5_000', 'BLIP_MS = 9_000'],
    ['presence: 3_000', 'presence: 4_000'],
    ['power: 30_000', 'power: 31_000'],
    ['CLOCK_SLIP_MS = 5_000', 'CLOCK_SLIP_MS = 6_000'],
    ['LONGEST_GAP_MS = 15_000', 'LONGEST_GAP_MS = 16_000'],
    ['GRACE_MS = 10_000', 'GRACE_MS = 8_000'],
  ]),
  ...inFile('policy.ts', MACHINE, [
    ['batteryPercent: 60_000', 'batteryPercent: 61_000'],
    ['isOnUps: 30_000', 'isOnUps: 31_000'],
    ['isSavingPower: 60_000', 'isSavingPower: 61_000'],
    ['isLidShut: 30_000', 'isLidShut: 31_000'],
    ['isMetered: 180_000', 'isMetered: 181_000'],
    ['apps: 20_000', 'apps: 21_000'],
    ['fullscreen: 10_000', 'fullscreen: 11_000'],
    ['CHARGE_PERCENT = [30, 40]', 'CHARGE_PERCENT = [31, 40]'],
    ['CHARGE_PERCENT = [30, 40]', 'CHARGE_PERCENT = [30, 41]'],
    ['CHARGE_PERCENT = [30, 40]', 'CHARGE_PERCENT = [30, 39]'],
    ['points: 2', 'points: 1'],
    ['points: 2', 'points: 3'],
    ['withinMs: 600_000', 'withinMs: 610_000'],
    ['withinMs: 600_000', 'withinMs: 590_000'],
    ['stops: 110', 'stops: 111'],
    ['stops: 110', 'stops: 109'],
    ['starts: 130', 'starts: 129'],
    ['starts: 130', 'starts: 131'],
    ['forMs: 900_000', 'forMs: 896_000'],
    ['MINUTES_OF_DAY = 1_440', 'MINUTES_OF_DAY = 1_441'],
  ]),
  ...inFile('policy.ts', CARD, [
    ['forMs: 10_000', 'forMs: 8_000'],
    ['forMs: 10_000', 'forMs: 12_000'],
    ['atMostMs: 45_000', 'atMostMs: 48_000'],
    ['restMs: 60_000', 'restMs: 58_000'],
    ['restMs: 60_000', 'restMs: 62_000'],
    ['part: 0.15', 'part: 0.1'],
    ['bytes: 1_500_000_000', 'bytes: 1_300_000_000'],
    ['samples: 2', 'samples: 1'],
    ['samples: 2', 'samples: 3'],
    ['loadPercent: [15, 10]', 'loadPercent: [14, 10]'],
    ['loadPercent: [15, 10]', 'loadPercent: [16, 10]'],
    ['moreBytes: [500_000_000', 'moreBytes: [499_000_000'],
    ['moreBytes: [500_000_000', 'moreBytes: [501_000_000'],
    ['serving: 250, arming: 1_000', 'serving: 500, arming: 1_000'],
    ['arming: 1_000, waiting: 2_000', 'arming: 2_000, waiting: 2_000'],
    ['waiting: 2_000 }', 'waiting: 3_000 }'],
  ]),
  ...inFile('policy.ts', GIVE_BACK, [
    ['gpus: 6_000', 'gpus: 7_000'],
    ['DUTY_FLOOR = 0.1', 'DUTY_FLOOR = 0.2'],
    ['DUTY_HOLD_MS = 5_000', 'DUTY_HOLD_MS = 4_000'],
    ['DUTY_HOLD_MS = 5_000', 'DUTY_HOLD_MS = 6_000'],
    ['count: 3', 'count: 2'],
    ['count: 3', 'count: 4'],
    ['withinMs: 900_000', 'withinMs: 1_000_000'],
    ['factor: 2', 'factor: 3'],
    ['atMostMs: 1_800_000', 'atMostMs: 1_900_000'],
    ['forgottenAfterMs: 7_200_000', 'forgottenAfterMs: 7_400_000'],
    ['forgottenAfterMs: 7_200_000', 'forgottenAfterMs: 7_100_000'],
    ['RELEASE_AFTER_MS = 10_000', 'RELEASE_AFTER_MS = 9_000'],
    ['RELEASE_AFTER_MS = 10_000', 'RELEASE_AFTER_MS = 12_000'],
    ['fromMinute: 1_320', 'fromMinute: 1_321'],
    ['toMinute: 420', 'toMinute: 421'],
    ['toMinute: 420', 'toMinute: 419'],
    ['AWAKE_AFTER_MS = 30_000', 'AWAKE_AFTER_MS = 31_000'],
    ['AWAKE_AFTER_MS = 30_000', 'AWAKE_AFTER_MS = 28_000'],
  ]),
  ...inFile('policy-codes.ts', MACHINE, [
    ["'lid-shut': HOLD_MS.awake", "'lid-shut': 58_000"],
    ['  game: 60_000', '  game: 58_000'],
    ["'exclusive-app': 60_000", "'exclusive-app': 58_000"],
    ['fullscreen: 60_000', 'fullscreen: 58_000'],
    ["'on-ups': HOLD_MS.mains", "'on-ups': 28_000"],
    ["'power-saver': HOLD_MS.mains", "'power-saver': 28_000"],
    ['metered: HOLD_MS.mains', 'metered: 28_000'],
    ["'charger-too-weak': WEAK_CHARGER.withinMs", "'charger-too-weak': 598_000"],
    [
      "  game: 'at-once',\n  'exclusive-app': 'at-once',\n  fullscreen: 'at-once',\n  'other-gpu-app': 'at-once',\n  'owner",
      "  game: 'grace',\n  'exclusive-app': 'at-once',\n  fullscreen: 'at-once',\n  'other-gpu-app': 'at-once',\n  'owner",
    ],
    ["'self-test-failed': 'at-once'", "'self-test-failed': 'finish'"],
    ["'on-ups': 'grace'", "'on-ups': 'at-once'"],
    ["'power-saver': 'grace'", "'power-saver': 'at-once'"],
    ["schedule: 'grace'", "schedule: 'finish'"],
    ["metered: 'grace'", "metered: 'at-once'"],
  ]),
  ...inFile('policy-codes.ts', CARD, [["'other-gpu-app': 60_000", "'other-gpu-app': 58_000"]]),
  ...inFile('policy-codes.ts', GIVE_BACK, [
    ["  'presence-unknown': 'after-a-while',", ''],
    ["  'owner-active': 'after-a-while',", ''],
    ["  'not-locked': 'after-a-while',", ''],
    ["['suspended', 'gpu-critical']", "['gpu-critical']"],
  ]),
  ...inFile('vetoes.ts', NOW, [
    ["model !== 'ready'", 'false'],
    ["engine === 'failed'", 'false'],
    ["engine !== 'ready'", 'false'],
    ["network === 'failed'", 'false'],
    ["network !== 'ready'", 'false'],
    ['if (isSuspended)', 'if (false)'],
    ['at.monotonicMs >= awakeAtMs', 'true'],
    ['if (input === null)', 'if (false)'],
    ['input.lastMs >= neededMs', 'input.lastMs > neededMs'],
    ['if (locked.value === null)', 'if (false)'],
    ['locked.value && at.monotonicMs >= untilMs', 'locked.value'],
  ]),
  ...inFile('vetoes.ts', MACHINE, [
    ["selfTest === 'failed'", 'false'],
    ["selfTest === 'running'", 'false'],
  ]),
  ...inFile('vetoes-machine.ts', NOW, [
    ["power.value === 'battery'", 'false'],
    ["power.value !== 'mains'", 'false'],
    ['!power.isAfterBattery ||', ''],
    ['at.monotonicMs >= untilMs) return []', 'true) return []'],
  ]),
  ...inFile('vetoes-machine.ts', MACHINE, [
    ['locked.value === true ?', 'locked.value !== false ?'],
    ['...(servesOnMetered ?', '...(!servesOnMetered ?'],
    ['ignored.includes(key)', 'false'],
    ['ignored.includes(code)', 'false'],
    ['!latch.isHeld)]', 'false)]'],
    ['isWithin(minuteOfWeek, hours)', 'true'],
  ]),
  ...inFile('senses-machine.ts', MACHINE, [
    ["'lid-shut': part(isLidShut, 'isLidShut', yes)", "'lid-shut': null"],
    ["'on-ups': part(isOnUps, 'isOnUps', yes)", "'on-ups': null"],
    ["'power-saver': part(isSavingPower, 'isSavingPower', yes)", "'power-saver': null"],
    ["metered: part(isMetered, 'isMetered', yes)", 'metered: null'],
    ["game: app('mark')", 'game: null'],
    ["'exclusive-app': app('list')", "'exclusive-app': null"],
    ["name === '' ||", ''],
    ['=== undefined ? null', '!== null ? null'],
    ['percent >= starts', 'percent > starts'],
    [' || before === null)', ')'],
    ["power.value !== 'mains'", 'false'],
    ['rate === null || !settings.stopsBelowBreakEven', 'rate === null'],
  ]),
  ...inFile('hours.ts', MACHINE, [
    ['minute >= fromMinute', 'minute > fromMinute'],
    ['minute < toMinute', 'minute <= toMinute'],
    ['fromMinute < toMinute ?', 'true ?'],
  ]),
  ...inFile('senses-foreign.ts', CARD, [
    ['reading.atMs !== seen.sampleMs', 'seen !== null'],
    ['isOursIdle ? card.loadPercent : null', 'card.loadPercent'],
    ['isAllowed ? null', 'false ? null'],
    ['moreBytes > many', 'false'],
  ]),
  ...inFile('decide-card.ts', CARD, [
    ["code === 'preparing'", 'false'],
    ['|| node.holdsMemory', ''],
    ['untilMs === null || !(', '!('],
    ['Math.max(nowMs + ARMING.restMs,', 'Math.min(nowMs + ARMING.restMs,'],
  ]),
  ...inFile('decide-release.ts', GIVE_BACK, [
    ['if (each.isOver)', 'if (false)'],
    ['isMemoryShort ||', ''],
    ["code === 'owner-active' &&", 'code === null &&'],
    ["(each.code !== 'suspended' || senses?.isSuspended === true)", 'true'],
    ['(isServing || before.isOurs)', 'true'],
    ['!node.holdsMemory || senses', 'senses'],
  ]),
  ...inFile('decide-ending.ts', MACHINE, [["ending === 'at-once' ||", '']]),
  ...inFile('decide-ending.ts', NOW, [['(before ?? nowMs)', 'nowMs']]),
  ...inFile('restarts.ts', GIVE_BACK, [
    ['if (aged.wasGentle)', 'if (false)'],
    ['level === 0 ||', ''],
    ['usualMs * RESTARTS.factor ** level', 'usualMs'],
  ]),
  ...inFile('decide-act.ts', GIVE_BACK, [
    ['!machine.isLaptop &&', ''],
    ["senses.power.value === 'mains' &&", ''],
    ['!isOnUps &&', ''],
    [' && !senses.isSuspended', ''],
    ['settings.keepsAwake &&', ''],
  ]),
];
