/** Wires what looks after this computer for its owner: sensors, decision, engine, and the memory of all of it. */
import { createGovernor } from '../governor/governor.ts';
import type { HeatVerdict } from '../governor/heat.ts';
import { ownCard } from '../governor/own-card.ts';
import type { Actuators, Governor } from '../governor/ports.ts';
import { isWantedBack } from '../governor/self-test-way.ts';
import { createPowerLimit, type PowerTool } from '../governor/power-limit.ts';
import type { EarnedHour } from '../governor/money.ts';
import type { Readings, Sensors } from '../governor/sensors.ts';
import type { WakeLock } from '../governor/wake-lock.ts';
import type { GovernorSettings } from '../ipc/governor.ts';
import type { ReasonCode, Status } from '../ipc/status.ts';
import { drop } from '../platform/drop.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { GateParts } from './node-gate.ts';
import { localOffsetMs } from './earnings-periods.ts';
import { openGovernorLedger } from './governor-memory.ts';
import { createGovernorShow } from './governor-show.ts';
import { chosenDevice, nodeFacts } from './node-facts.ts';
import type { Paths } from './paths.ts';
import { composeSelfTest } from './compose-self-test.ts';

export interface GovernorSystem {
  readonly sensors: Sensors;
  readonly wakeLock: WakeLock;
  readonly powerTool: PowerTool;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether what happens in this run is kept: a run that only answers one question says nothing of the day. */
  readonly isRemembering: boolean;
}

export interface OwnersGovernor extends Governor {
  /** Asked for the electricity's other side, once the books are open. */
  useEarned(earned: () => readonly EarnedHour[]): void;
  /** The program that caused this stretch; null when none did. */
  allowable(stretchId: number): string | null;
  testEngine(): Promise<void>;
  /** Resolves once the card has back what it had. */
  disposed(): Promise<void>;
}

/** Nothing changes faster than that in what serving brings and costs. */
const RATE_MS = 10_000;
/** What an engine waits for that has not been tested yet. */
const UNTESTED: readonly ReasonCode[] = ['preparing', 'arming'];
const MINUTE_MS = 60_000;
const MINUTES_PER_DAY = 1440;
const DAYS_PER_WEEK = 7;
/** Day 0 of the Unix time was a Thursday; weeks begin on Monday. */
const FIRST_WEEKDAY = 3;

export function composeGovernor(
  paths: Paths,
  system: GovernorSystem,
  parts: GateParts,
): OwnersGovernor {
  const { sensors, clock, log } = system;
  const { hub, raise } = parts;
  const settings = (): GovernorSettings => hub.snapshot().settings.governor;
  const device = () => chosenDevice(hub.snapshot().engine);
  let earned: () => readonly EarnedHour[] = () => [];
  let limits: HeatVerdict['limits'] = { targetCelsius: null, pauseCelsius: null };
  let governor: Governor | null = null;

  const tester = composeSelfTest(paths.selfTest, {
    ...{ ...parts, sensors, clock, log },
    isClear: () => governor !== null && isReadyBut(governor.status(), UNTESTED),
    onChange: () => governor?.look(),
  });
  const ledger = openGovernorLedger(system.isRemembering ? paths.governor : null, raise, {
    ...{ clock, log, settings, device, localOffsetMs },
    limits: () => limits,
    selfTest: tester.state,
    earned: () => earned(),
    coinDecimals: () => hub.snapshot().network.asset.decimals,
  });
  const show = createGovernorShow({ hub, clock, ledger });
  const power = createPowerLimit({
    ...{ log, tool: system.powerTool, path: paths.powerLimit },
    cardId: () => ownCard(sensors.read(), device()).card?.value.id ?? null,
    onRefused: show.powerRefused,
  });
  drop(power.restoreLeft(), 'putting back a power limit', log);
  const rate = remembered(clock, ledger.rate);

  const onDecision = (status: Status, readings: Readings, next: HeatVerdict['limits']): void => {
    limits = next;
    const hasWork = status.relaysInFlight > 0;
    ledger.noteDecision(status, readings, hasWork);
    show.decided(status);
    if (status.mode === 'waiting') tester.look();
  };

  governor = createGovernor(
    {
      ...{ sensors, clock, log, onDecision },
      actuators: actuatorsOf(parts, system, power.limit),
      nodeFacts: () =>
        nodeFacts(hub.snapshot(), { ...parts, selfTest: tester.state().state, rate: rate() }),
      minuteOfWeek: () => minuteOfWeek(clock.nowMs()),
      onStatus(status) {
        hub.dispatch({ type: 'status-changed', status });
        if (isWantedBack(status)) tester.giveWay();
      },
      onGiveBack(report) {
        ledger.noteGiveBack(report);
        show.now();
      },
    },
    { isOn: false, policy: 'away', chosenBy: 'owner', settings: settings() },
  );
  const decided = governor;
  const stopWatching = hub.onPatch(({ changes }) => {
    if (changes.settings) decided.configure({ settings: changes.settings.governor });
  });

  return {
    ...decided,
    useEarned(next) {
      earned = next;
      show.now();
    },
    allowable: ledger.allowable,
    testEngine: tester.run,
    async disposed() {
      stopWatching();
      decided.dispose();
      tester.dispose();
      show.dispose();
      ledger.dispose();
      await power.dispose();
    },
  };
}

function actuatorsOf(
  { engine }: GateParts,
  { wakeLock }: GovernorSystem,
  limitPower: Actuators['limitPower'],
): Actuators {
  return {
    pace: (share) => engine.paceRelays(share),
    release: () => engine.release(),
    ownPids: () => (engine.pid === undefined ? [] : [engine.pid]),
    keepAwake: wakeLock.keepAwake,
    limitPower,
  };
}

/** @returns whether nothing else is in the way */
function isReadyBut({ mode, reasons }: Status, codes: readonly ReasonCode[]): boolean {
  return (
    mode === 'waiting' && reasons.length > 0 && reasons.every(({ code }) => codes.includes(code))
  );
}

function remembered<Value>(clock: Clock, work: () => Value): () => Value {
  let kept: { readonly value: Value; readonly atMs: number } | null = null;
  return () => {
    const nowMs = clock.monotonicMs();
    if (kept === null || nowMs - kept.atMs > RATE_MS) kept = { value: work(), atMs: nowMs };
    return kept.value;
  };
}

function minuteOfWeek(nowMs: number): number {
  const minutes = Math.floor((nowMs + localOffsetMs(nowMs)) / MINUTE_MS);
  const total = minutes + FIRST_WEEKDAY * MINUTES_PER_DAY;
  return total % (DAYS_PER_WEEK * MINUTES_PER_DAY);
}
