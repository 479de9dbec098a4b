/** The decision when nothing can be made of what was given: everything ends, and the next one begins anew. */
import type { Status } from '../ipc/status.ts';
import { NO_ACTS, type Acts } from './decide-act.ts';
import { POLICIES } from './decide-ending.ts';
import { LOOK_MS } from './policy.ts';
import type { Moment } from './senses.ts';
import type { Facts } from './vetoes.ts';

/** Takes its arguments for anything at all, whatever their types say. */
export function giveUp(
  facts: Pick<Facts, 'relays'>,
  config: { readonly isOn: boolean },
  now: Moment,
): Acts & { readonly status: Status } {
  const endsRelays = POLICIES.filter((policy) => tried(() => facts.relays[policy] > 0, true));
  const isOn = tried(() => config.isOn, false);
  return {
    ...NO_ACTS,
    endsRelays,
    wish: isOn ? { everyMs: LOOK_MS.waiting, withGpu: false } : null,
    status: {
      mode: isOn ? 'waiting' : 'off',
      policy: 'away',
      chosenBy: 'owner',
      trialRelaysLeft: null,
      duty: 0,
      dutyCause: null,
      reasons: [{ code: 'sensor-lying', untilMs: null, detail: 'what was read makes no sense' }],
      sinceMs: tried(() => now.unixMs, 0),
      relaysInFlight: 0,
    },
  };
}

function tried<Value extends boolean | number>(read: () => Value, otherwise: Value): Value {
  try {
    const value: unknown = read();
    return typeof value === typeof otherwise ? read() : otherwise;
  } catch {
    return otherwise;
  }
}
