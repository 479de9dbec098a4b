/** The doctor says of each part what was seen of it, in every state that it can be in. */
import { describe, expect, it } from 'vitest';
import { doctorChecks, type DoctorFacts } from '../../../electron/app/doctor-checks.ts';
import { CHECK_IDS, checkSchema, type Check, type CheckId } from '../../../electron/ipc/doctor.ts';
import type { EngineState, Setup, Snapshot } from '../../../electron/ipc/snapshot.ts';
import { REASON_CODES, type ReasonCode, type Status } from '../../../electron/ipc/status.ts';
import { FAKE_MODEL, FAKE_STARTER, failureFor, fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import type { ErrorCode } from '../../../electron/ipc/error-codes.ts';
import type { FailureText } from '../../../electron/ipc/result.ts';

const GIB = 2 ** 30;
const FACTS: DoctorFacts = {
  dataFolder: { fault: null, freeBytes: 40 * GIB },
  opensEndpoint: true,
  sensors: {
    idleMs: { value: 600_000, source: 'The X server' },
    isLocked: { value: true, source: 'logind' },
    power: { value: 'mains', source: 'UPower' },
  },
};
const SERVING: Status = {
  mode: 'serving',
  policy: 'away',
  chosenBy: 'owner',
  trialRelaysLeft: null,
  duty: 1,
  dutyCause: 'full',
  reasons: [],
  sinceMs: 1_700_000_000_000,
  relaysInFlight: 0,
};

function checkOf(id: CheckId, changes: Partial<Snapshot>, facts: Partial<DoctorFacts> = {}): Check {
  const checks = doctorChecks(fakeSnapshot(changes), { ...FACTS, ...facts });
  const found = checks.find((check) => check.id === id);
  if (!found) throw new Error(`no check ${id}`);
  return found;
}

function failure(code: ErrorCode, details: string | null = null): FailureText {
  const { message, kept, next } = failureFor(code, details);
  return { code, message, kept, next, details };
}

/** State and the action of its fix. */
function outcome(check: Check): string {
  return check.fix ? `${check.state} ${check.fix.action}` : check.state;
}

function waitingFor(...codes: readonly ReasonCode[]): Status {
  const reasons = codes.map((code) => ({ code, untilMs: null, detail: null }));
  return { ...SERVING, mode: 'waiting', duty: 0, reasons };
}

describe('doctorChecks', () => {
  it('makes every check once, in order, in the shape that crosses the bridge', () => {
    const checks = doctorChecks(fakeSnapshot(), FACTS);
    expect(checks.map(({ id }) => id)).toEqual(CHECK_IDS);
    for (const check of checks) {
      expect(checkSchema.parse(check)).toEqual(check);
      expect(check.proof).toMatch(/\S.*[.)]$/);
    }
  });

  it('looks at the data folder', () => {
    const looked = (fault: string | null, freeBytes: number | null): Check =>
      checkOf('data-folder', {}, { dataFolder: { fault, freeBytes } });
    expect(outcome(looked(null, 40 * GIB))).toBe('ok');
    expect(looked(null, 40 * GIB).proof).toContain('40.0 GiB');
    expect(outcome(looked(null, null))).toBe('ok');
    expect(outcome(looked(null, GIB / 2))).toBe('attention open-data-folder');
    expect(outcome(looked('EROFS: read-only', 40 * GIB))).toBe('failed open-data-folder');
    expect(looked('EROFS: read-only', null).proof).toContain('EROFS');
  });

  it('follows the engine from the first test to its answers', () => {
    const engine = (change: Partial<EngineState>, setup: Partial<Setup> = {}): string => {
      const { engine: before, setup: beforeSetup } = fakeSnapshot();
      return outcome(
        checkOf('engine', {
          engine: { ...before, ...change },
          setup: { ...beforeSetup, ...setup },
        }),
      );
    };
    expect(engine({ state: 'unprobed' }, { phase: 'running' })).toBe('running');
    expect(engine({ state: 'unprobed' }, { phase: 'cancelled' })).toBe('attention retry-setup');
    expect(engine({ state: 'unprobed' }, { phase: 'failed' })).toBe('failed retry-setup');
    expect(engine({ state: 'unprobed' })).toBe('attention retry-setup');
    expect(engine({ state: 'probing' })).toBe('running');
    for (const state of ['asleep', 'loading', 'ready', 'working'] as const) {
      expect(engine({ state })).toBe('ok');
      expect(engine({ state, candidates: [] })).toBe('attention probe-again');
    }
    expect(engine({ state: 'failed', failure: failure('engine-crashed') })).toBe(
      'failed probe-again',
    );
    // A file that cannot be loaded is no fault of the engine.
    expect(engine({ state: 'failed', failure: failure('model-truncated') })).toBe('ok');
  });

  it('proves the engine by the fixed question, not by what it calls itself', () => {
    const { engine } = fakeSnapshot();
    expect(checkOf('engine', {}).proof).toBe(
      'llama.cpp on Vulkan (Radeon RX 7600) gave exactly the expected answer to the test question, with 9 of 9 layers on it, at 1432 tokens a second.',
    );
    const onProcessor = engine.candidates.map((one) => ({
      ...one,
      state: one.backend === 'cpu' ? ('chosen' as const) : ('works' as const),
    }));
    expect(checkOf('engine', { engine: { ...engine, candidates: onProcessor } }).proof).toMatch(
      /^llama\.cpp on the processor \(Ryzen 5 7600\) gave .*, at 446 tokens a second\.$/,
    );
    const candidates = engine.candidates.map((one) => ({ ...one, goldenAnswer: null }));
    expect(outcome(checkOf('engine', { engine: { ...engine, candidates } }))).toBe(
      'attention probe-again',
    );
  });

  it('tells a test model, a base model and a broken file from a real one', () => {
    const { engine } = fakeSnapshot();
    const model = (
      current: Snapshot['model']['current'],
      change: Partial<EngineState> = {},
    ): Check =>
      checkOf('model', { model: { current, known: [] }, engine: { ...engine, ...change } });
    expect(outcome(model(FAKE_MODEL))).toBe('ok');
    expect(model(FAKE_MODEL).proof).toBe('Qwen3 4B Instruct, Q4_K_M, is loaded.');
    expect(model(FAKE_MODEL, { state: 'asleep' }).proof).toContain('loads with the next question');
    // The next steps on Home offer a real one.
    expect(outcome(model(FAKE_STARTER))).toBe('ok');
    expect(outcome(model({ ...FAKE_MODEL, hasChatTemplate: false }))).toBe('attention open-model');
    expect(outcome(model(FAKE_MODEL, { state: 'loading' }))).toBe('running');
    expect(outcome(model(null))).toBe('failed open-model');
    const broken = model(FAKE_MODEL, { state: 'failed', failure: failure('model-truncated') });
    expect(outcome(broken)).toBe('failed open-model');
  });

  it('looks at the endpoint, where there is one', () => {
    const { endpoint } = fakeSnapshot();
    expect(checkOf('endpoint', {}).proof).toContain('http://127.0.0.1:11546/v1');
    expect(outcome(checkOf('endpoint', { endpoint: { ...endpoint, state: 'starting' } }))).toBe(
      'running',
    );
    const taken = { ...endpoint, state: 'failed', failure: failure('port-in-use') } as const;
    expect(outcome(checkOf('endpoint', { endpoint: taken }))).toBe('failed open-settings');
    expect(outcome(checkOf('endpoint', { endpoint: taken }, { opensEndpoint: false }))).toBe('off');
  });

  it('knows where the keys are, and when they cannot be used', () => {
    const { wallet, network } = fakeSnapshot();
    const kept = (keptIn: Snapshot['wallet']['keptIn']): string =>
      outcome(checkOf('keys', { wallet: { ...wallet, keptIn } }));
    expect([kept(null), kept('key-store'), kept('file')]).toEqual(['off', 'ok', 'ok']);
    for (const code of ['keys-sealed', 'keys-unusable', 'signer-unavailable'] as const) {
      const fault = failure(code, '/data/practice-keys.json');
      const inNetwork = checkOf('keys', { network: { ...network, failure: fault } });
      expect(outcome(inNetwork)).toBe('failed open-data-folder');
      expect(inNetwork.proof).toContain('practice-keys.json');
      const told = checkOf('keys', { notices: [{ id: '1', failure: fault }] });
      expect(outcome(told)).toBe('failed open-data-folder');
    }
    const other = failure('chain-unreachable');
    expect(outcome(checkOf('keys', { network: { ...network, failure: other } }))).toBe('off');
  });

  it('follows the network', () => {
    const network = (change: Partial<Snapshot['network']>): Check =>
      checkOf('network', { network: { ...fakeSnapshot().network, ...change } });
    expect(outcome(network({}))).toBe('off');
    expect(outcome(network({ state: 'starting', detail: 'The chain starts.' }))).toBe('running');
    const ready = network({ state: 'ready', chainId: '31337', hub: '0xabc' });
    expect([outcome(ready), ready.proof]).toEqual([
      'ok',
      'Chain 31337 answers for the contract 0xabc.',
    ]);
    expect(outcome(network({ state: 'failed', failure: failure('network-unavailable') }))).toBe(
      'failed open-network',
    );
  });

  it('names the source of what it knows about the owner', () => {
    const presence = (status: Status, sensors: Partial<DoctorFacts['sensors']> = {}): Check =>
      checkOf('presence', { status }, { sensors: { ...FACTS.sensors, ...sensors } });
    expect(outcome(presence({ ...SERVING, mode: 'off' }))).toBe('off');
    expect(presence({ ...SERVING, mode: 'off' }).proof).toContain('The X server would tell');
    expect(outcome(presence({ ...SERVING, policy: 'always' }))).toBe('ok');
    expect(presence(SERVING).proof).toBe('The X server saw your last input at least 10 min ago.');
    expect(presence({ ...SERVING, policy: 'locked' }).proof).toContain('logind');
    expect(outcome(presence(waitingFor('owner-active')))).toBe('running serve-now');
    expect(outcome(presence({ ...waitingFor('not-locked'), policy: 'locked' }))).toBe(
      'running serve-now',
    );
    expect(outcome(presence(waitingFor('presence-unknown'), { idleMs: null }))).toBe(
      'attention serve-now',
    );
    expect(outcome(presence(waitingFor('preparing'), { idleMs: null }))).toBe('running');
  });

  it('names the source of what it knows about power', () => {
    const power = (status: Status, seen: DoctorFacts['sensors']['power']): Check =>
      checkOf('power', { status }, { sensors: { ...FACTS.sensors, power: seen } });
    const battery = { value: 'battery', source: 'UPower' } as const;
    expect(power(SERVING, FACTS.sensors.power).proof).toBe(
      'UPower says that this computer runs on mains power.',
    );
    expect(outcome(power(SERVING, FACTS.sensors.power))).toBe('ok');
    expect(outcome(power(waitingFor('on-battery'), battery))).toBe('attention');
    expect(power(waitingFor('on-battery'), battery).proof).toContain('UPower');
    expect(outcome(power(waitingFor('power-unknown'), null))).toBe('attention');
    expect(outcome(power(waitingFor('preparing'), null))).toBe('running');
    expect(outcome(power({ ...SERVING, mode: 'off' }, null))).toBe('off');
  });

  it('says of earning what it is waiting for, and what only the owner can change', () => {
    const earning = (status: Status): string => outcome(checkOf('earning', { status }));
    expect(earning({ ...waitingFor('earning-off'), mode: 'off' })).toBe('off start-earning');
    expect(earning(SERVING)).toBe('ok');
    expect(earning({ ...SERVING, mode: 'draining', relaysInFlight: 1 })).toBe('running');
    expect(earning(waitingFor('snoozed'))).toBe('off resume-earning');
    const own = [
      'no-model',
      'engine-failed',
      'network-failed',
      'presence-unknown',
      'power-unknown',
    ];
    for (const code of REASON_CODES) {
      if (code === 'snoozed') continue;
      const blocks = own.includes(code);
      expect(earning(waitingFor(code)), code).toBe(blocks ? 'attention' : 'running');
    }
  });
});

describe('the check of the engine while another server answers', () => {
  const { settings, engine } = fakeSnapshot();
  const server = { baseUrl: 'http://127.0.0.1:11434/v1', model: 'small' };
  const used = { ...settings, engine: { ...settings.engine, server } };

  it.each([
    ['ready', 'ok', "answers in place of Lull's own engine."],
    ['asleep', 'off', 'it has not been asked yet'],
    ['failed', 'failed', 'cannot be reached'],
  ] as const)('names the server when the engine is %s', (state, expected, words) => {
    const details = 'it cannot be reached (ECONNREFUSED)';
    const fault = state === 'failed' ? failure('external-unavailable', details) : null;
    const changed = { ...engine, state, failure: fault };
    const check = checkOf('engine', { settings: used, engine: changed });
    expect(check.state).toBe(expected);
    expect(check.proof).toContain(words);
    expect(check.fix?.action ?? null).toBe(state === 'failed' ? 'open-settings' : null);
  });
});
