/** The commands by which the owner decides when this computer serves, as main might run them. */
import type { NextStep, Snapshot } from '../../electron/ipc/snapshot.ts';
import type { Status } from '../../electron/ipc/status.ts';
import type { Bridge, CommandName } from '../../electron/ipc/table.ts';
import type { Failure, Result } from '../../electron/ipc/result.ts';

/** What a set of commands needs of the bridge it belongs to. */
export interface FakeMain {
  readonly command: <Value>(
    name: CommandName,
    input: unknown,
    run: () => Value | Failure,
  ) => Promise<Result<Value>>;
  readonly patch: (changes: Partial<Omit<Snapshot, 'version'>>) => undefined;
  readonly snapshot: () => Snapshot;
}

type OwnerCommand = Extract<
  CommandName,
  `welcome.${string}` | `settings.set${'StartsAtLogin' | 'Discreet'}` | `earn.set${string}`
>;
type OwnerCommands = Pick<
  Bridge['command'],
  OwnerCommand | 'earn.pause' | 'earn.exportCsv' | 'doctor.run'
>;

const MINUTE_MS = 60_000;
const BUSY: Status['reasons'] = [{ code: 'owner-active', untilMs: null, detail: null }];
const OFF: Status['reasons'] = [{ code: 'earning-off', untilMs: null, detail: null }];

/** As if the owner were at the keyboard: only the policy `always` serves. */
function statusFor({ settings, status }: Snapshot, pausedUntilMs: number | null): Status {
  const { isOn, presence } = settings.earning;
  const base = {
    ...status,
    policy: presence,
    chosenBy: 'owner' as const,
    ...{ duty: 0, dutyCause: null },
  };
  if (!isOn) return { ...base, mode: 'off', reasons: OFF };
  if (pausedUntilMs !== null) {
    const untilMs = pausedUntilMs === Infinity ? null : pausedUntilMs;
    const snoozed = { code: 'snoozed' as const, untilMs, detail: null };
    return { ...base, mode: 'waiting', reasons: [snoozed] };
  }
  if (presence === 'always')
    return { ...base, mode: 'serving', duty: 0.5, dutyCause: 'policy', reasons: [] };
  return { ...base, mode: 'waiting', reasons: BUSY };
}

function pauseEnd(minutes: number | null): number {
  return minutes === null ? Infinity : Date.now() + minutes * MINUTE_MS;
}

/** The settings after a change, and the status that follows from them. */
function settled(
  now: Snapshot,
  change: Partial<Snapshot['settings']>,
  pausedUntilMs: number | null,
): Pick<Snapshot, 'settings' | 'status'> {
  const settings = { ...now.settings, ...change };
  return { settings, status: statusFor({ ...now, settings }, pausedUntilMs) };
}

export function fakeOwnerCommands({ command, patch, snapshot }: FakeMain): OwnerCommands {
  const settle = (change: Partial<Snapshot['settings']>, pausedUntilMs: number | null = null) =>
    patch(settled(snapshot(), change, pausedUntilMs));
  const others = (step: NextStep) =>
    snapshot().settings.skippedSteps.filter((each) => each !== step);
  const earning = (change: Partial<Snapshot['settings']['earning']>) =>
    settle({ earning: { ...snapshot().settings.earning, ...change } });
  return {
    'welcome.begin': () => command('welcome.begin', undefined, () => settle({ hasBegun: true })),
    'welcome.skip': (input) =>
      command('welcome.skip', input, () =>
        settle({
          skippedSteps: input.isSkipped ? [...others(input.step), input.step] : others(input.step),
        }),
      ),
    'settings.setStartsAtLogin': (input) =>
      command('settings.setStartsAtLogin', input, () => settle({ startsAtLogin: input.on })),
    'settings.setDiscreet': (input) =>
      command('settings.setDiscreet', input, () => settle({ isDiscreet: input.on })),
    'earn.setOn': (input) => command('earn.setOn', input, () => earning({ isOn: input.on })),
    'earn.setPresence': (input) => command('earn.setPresence', input, () => earning(input)),
    'earn.setAfterRestart': (input) =>
      command('earn.setAfterRestart', input, () => earning({ afterRestart: input.on })),
    'earn.pause': (input) =>
      command('earn.pause', input, () =>
        settle({}, input.minutes === 0 ? null : pauseEnd(input.minutes)),
      ),
    'earn.exportCsv': () =>
      command('earn.exportCsv', undefined, () => ({ path: '/home/owner/relays.csv' })),
    'doctor.run': () =>
      command('doctor.run', undefined, () =>
        patch({ doctor: { ...snapshot().doctor, atMs: Date.now() } }),
      ),
  };
}
