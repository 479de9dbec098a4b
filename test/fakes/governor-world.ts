/** A governor with everything round it under the test's control, and relays that run through its gate. */
import { createGovernor } from '../../electron/governor/governor.ts';
import type {
  GiveBackReport,
  GovernorConfig,
  GovernorPorts,
  NodeFacts,
  PacedEngine,
} from '../../electron/governor/ports.ts';
import { DEFAULT_GOVERNOR_SETTINGS } from '../../electron/ipc/governor.ts';
import { statusSchema, type Status } from '../../electron/ipc/status.ts';
import type { GenerateEvent } from '../../electron/protocol/generate.ts';
import { createFakeActuators, READY_NODE } from './fake-actuators.ts';
import { createFakeSensors } from './fake-sensors.ts';
import { createManualClock } from './manual-clock.ts';
import { createMemoryLog } from './memory-log.ts';
import { turn } from './supervised-engine.ts';

const COUNTS = { prompt: 1, cached: 0, output: 1 };
const TIMINGS = { queuedMs: 0, prefillMs: 0, firstTokenMs: 0, totalMs: 0 };
export const END: GenerateEvent = { type: 'end', reason: 'stop', counts: COUNTS, timings: TIMINGS };
const CANCELLED: GenerateEvent = { ...END, reason: 'cancelled' };
export const WORD: GenerateEvent = { type: 'tokens', text: 'a', tokenIds: [1] };

export const CONFIG: GovernorConfig = {
  isOn: true,
  policy: 'away',
  chosenBy: 'owner',
  settings: DEFAULT_GOVERNOR_SETTINGS,
};

export interface Asked {
  readonly prompt: string;
}

export function createGovernorWorld(config: Partial<GovernorConfig> = {}) {
  const clock = createManualClock();
  const sensors = createFakeSensors(clock);
  const told: Status[] = [];
  const facts: { -readonly [Key in keyof NodeFacts]: NodeFacts[Key] } = { ...READY_NODE };
  const actuators = createFakeActuators();
  const decisions: Parameters<GovernorPorts['onDecision']>[] = [];
  const giveBacks: GiveBackReport[] = [];
  const log = createMemoryLog();
  const governor = createGovernor(
    {
      ...{ sensors, actuators, clock, log },
      nodeFacts: () => facts,
      minuteOfWeek: () => 0,
      onStatus: (status) => told.push(statusSchema.parse(status)),
      onDecision: (...told) => decisions.push(told),
      onGiveBack: (report) => giveBacks.push(report),
    },
    { ...CONFIG, ...config },
  );
  const heard = { told, decisions, giveBacks, log };
  return { clock, sensors, actuators, ...heard, facts, governor, engine: scriptedEngine() };
}

/** Says a word whenever the test lets it, until it is ended; deaf to its signal where that is asked for. */
export function scriptedEngine(isDeaf = false) {
  const duties: number[] = [];
  const state = { started: 0, aborted: 0 };
  let speak: (event: GenerateEvent) => void = () => undefined;
  const engine: PacedEngine<Asked> = {
    async *generate({ relay }, signal) {
      state.started += 1;
      duties.push(relay.duty);
      signal.addEventListener('abort', () => {
        state.aborted += 1;
        if (!isDeaf) speak(CANCELLED);
      });
      for (;;) {
        const event = await new Promise<GenerateEvent>((resolve) => {
          speak = resolve;
        });
        yield event;
        if (event.type === 'end') return;
      }
    },
  };
  return {
    engine,
    duties,
    state,
    async say(event: GenerateEvent) {
      speak(event);
      await turn();
    },
  };
}

/** Runs a relay through the gate. */
export function relay(
  { governor }: Pick<ReturnType<typeof createGovernorWorld>, 'governor'>,
  { engine }: ReturnType<typeof scriptedEngine>,
  signal = new AbortController().signal,
) {
  const events: GenerateEvent[] = [];
  const outcome = { error: null as unknown, isOver: false };
  const done = (async () => {
    try {
      for await (const event of governor.gate(engine).generate({ prompt: 'q' }, signal)) {
        events.push(event);
      }
    } catch (error) {
      outcome.error = error;
    }
    outcome.isOver = true;
  })();
  return { events, outcome, done };
}
