/** The doctor's checks of what earning needs: network, presence, power, and the state of earning itself. */
import type { ReasonCode, Status } from '../ipc/status.ts';
import { policyWords, reasonSentence, statusSentence } from '../ipc/status-words.ts';
import type { Snapshot } from '../ipc/snapshot.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { DoctorFacts, Finding } from './doctor-checks.ts';
import { failed, off, ok, running } from './doctor-node-checks.ts';

const SERVE_NOW = { label: 'Serve now, even while I work', action: 'serve-now' } as const;

export function checkNetwork({ network }: Snapshot): Finding {
  switch (network.state) {
    case 'off':
      return off('Nothing runs for it; the first question to it, or earning, starts it.');
    case 'starting':
      return running(network.detail ?? 'It is being started.');
    case 'ready': {
      const { chainId, hub } = network;
      const chain = chainId === null ? 'The chain' : `Chain ${chainId}`;
      return ok(`${chain} answers${hub === null ? '' : ` for the contract ${hub}`}.`);
    }
    case 'failed': {
      const fix = { label: 'See why', action: 'open-network' } as const;
      return failed(network.failure, 'It did not start.', fix);
    }
    default:
      return assertNever(network.state);
  }
}

export function checkPresence({ status, settings }: Snapshot, { sensors }: DoctorFacts): Finding {
  const isLock = status.policy === 'locked';
  const source = (isLock ? sensors.isLocked : sensors.idleMs)?.source ?? null;
  if (isEarningOff(status)) {
    const where = source === null ? '' : ` ${source} would tell.`;
    return off(`Nobody asks while earning is off.${where}`);
  }
  if (status.policy === 'always')
    return ok('It does not matter: you chose to serve while you work.');
  const unknown = reasonOf(status, 'presence-unknown');
  if (unknown) {
    return {
      state: 'attention',
      proof: withDetail('Lull cannot tell whether you are away', unknown.detail),
      fix: SERVE_NOW,
    };
  }
  const seen = isLock ? lockWords(sensors) : idleWords(sensors);
  if (seen === null) return running('The first reading has not come yet.');
  const isMet = !hasReason(status, 'owner-active') && !hasReason(status, 'not-locked');
  if (isMet) return ok(`${seen}.`);
  const proof = `${seen}; relays are served ${policyWords(status.policy, settings.governor.startAfterSeconds)}.`;
  return { state: 'running', proof, fix: SERVE_NOW };
}

function lockWords({ isLocked }: DoctorFacts['sensors']): string | null {
  if (isLocked === null) return null;
  return `${isLocked.source} says that the screen is ${isLocked.value ? '' : 'not '}locked`;
}

/** In coarse steps: a proof that changes with every second is no news. */
function idleWords({ idleMs }: DoctorFacts['sensors']): string | null {
  if (idleMs === null) return null;
  const minutes = Math.floor(idleMs.value / 60_000);
  const when = minutes === 0 ? 'within the last minute' : `at least ${minutes} min ago`;
  return `${idleMs.source} saw your last input ${when}`;
}

export function checkPower({ status }: Snapshot, { sensors }: DoctorFacts): Finding {
  const { power } = sensors;
  const seen =
    power &&
    `${power.source} says that this computer runs on ${power.value === 'mains' ? 'mains power' : 'battery'}`;
  if (isEarningOff(status)) {
    return off(seen === null ? 'Nobody asks while earning is off.' : `Earning is off. ${seen}.`);
  }
  const unknown = reasonOf(status, 'power-unknown');
  if (unknown) {
    const proof = withDetail(
      'Lull cannot tell whether this computer runs on battery',
      unknown.detail,
    );
    return { state: 'attention', proof, fix: null };
  }
  if (hasReason(status, 'on-battery')) {
    const proof = `This computer runs on battery${power ? `, says ${power.source}` : ''}; relays wait until it is plugged in.`;
    return { state: 'attention', proof, fix: null };
  }
  return seen === null ? running('The first reading has not come yet.') : ok(`${seen}.`);
}

export function checkEarning({ status, earnings, settings }: Snapshot): Finding {
  const awaySeconds = settings.governor.startAfterSeconds;
  const { sentence } = statusSentence(status, status.sinceMs, awaySeconds);
  const snoozed = reasonOf(status, 'snoozed');
  if (snoozed) {
    const fix = { label: 'Resume', action: 'resume-earning' } as const;
    return { state: 'off', proof: `${sentence}.`, fix };
  }
  switch (status.mode) {
    case 'off':
      return off('Relays are not offered.', { label: 'Turn on earning', action: 'start-earning' });
    case 'serving':
      return ok(`${sentence}. ${served(earnings.relaysServed)}`);
    case 'draining':
      return running(`${sentence}.`);
    case 'waiting':
      return waiting(status, awaySeconds);
    default:
      return assertNever(status.mode);
  }
}

function served(relays: number): string {
  return relays === 1
    ? '1 relay has been served so far.'
    : `${relays} relays have been served so far.`;
}

/** Every reason, the worst first; what each of them needs stands with the check it belongs to. */
function waiting(status: Status, awaySeconds: number): Finding {
  const reasons = status.reasons.map((reason) =>
    reasonSentence(reason, status.sinceMs, awaySeconds),
  );
  const proof = reasons.length === 0 ? 'Relays are served soon.' : `${reasons.join('. ')}.`;
  const isBlocked = status.reasons.some(({ code }) => BLOCKING.has(code));
  return { state: isBlocked ? 'attention' : 'running', proof, fix: null };
}

/** What does not pass by itself. */
const BLOCKING: ReadonlySet<ReasonCode> = new Set([
  'no-model',
  'engine-failed',
  'network-failed',
  'presence-unknown',
  'power-unknown',
]);

function isEarningOff(status: Status): boolean {
  return status.mode === 'off' || hasReason(status, 'earning-off');
}

function reasonOf(status: Status, code: ReasonCode): Status['reasons'][number] | null {
  return status.reasons.find((reason) => reason.code === code) ?? null;
}

function hasReason(status: Status, code: ReasonCode): boolean {
  return reasonOf(status, code) !== null;
}

function withDetail(sentence: string, detail: string | null): string {
  return detail === null || detail === '' ? `${sentence}.` : `${sentence}: ${detail}`;
}
