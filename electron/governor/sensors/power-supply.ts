/** From what Linux lists as power supplies to the one question: mains or battery? */
import type { Power } from '../sensors.ts';

/** One supply; null stands for a value that could not be read. */
export interface Supply {
  readonly name: string;
  /** As in sysfs: `Mains`, `USB`, `Battery`, `UPS` and others. */
  readonly type: string | null;
  /** `Device` for what has its own battery, such as a mouse; `System` where nothing else is said. */
  readonly scope: string | null;
  readonly online: boolean | null;
  /** `Charging`, `Discharging`, `Full`, `Not charging`, `Unknown`. */
  readonly status: string | null;
}

export interface PowerVerdict {
  /** Null when it cannot be said. */
  readonly value: Power | null;
  /** Which supply says so, or which one does not answer. */
  readonly source: string;
}

/** USB is what most laptops of today are charged with; its type carries a suffix for each kind of plug. */
const EXTERNAL = /^(Mains|USB.*|Wireless)$/;

export function powerOf(all: readonly Supply[]): PowerVerdict {
  const supplies = all.filter(({ scope }) => scope !== 'Device');
  const mute = supplies.find(({ type, scope }) => type === null || scope === null);
  if (mute) return unknown(mute);
  const ups = supplies.filter(isUps);
  const external = supplies.filter(({ type }) => EXTERNAL.test(type ?? ''));
  const batteries = supplies.filter(({ type }) => type === 'Battery');
  return (
    first(ups, isDischarging, (each) => verdict('battery', `${each.name}, an emergency supply`)) ??
    first(ups, isUnclear, unknown) ??
    first(external, ({ online }) => online === true, mainsFrom) ??
    // Nothing but mains can feed it, whatever its empty sockets say.
    (batteries.length === 0 ? verdict('mains', whatFeedsIt(ups)) : null) ??
    first(external, ({ online }) => online === null, unknown) ??
    (external.length > 0 ? verdict('battery', batteryNames(batteries)) : fromBatteries(batteries))
  );
}

/** Whether it stands between the plug and the computer for the time without mains. */
export function isUps({ type, scope }: Supply): boolean {
  return type === 'UPS' && scope !== 'Device';
}

/** A laptop whose adapter the system does not list. */
function fromBatteries(batteries: readonly Supply[]): PowerVerdict {
  return (
    first(batteries, isDischarging, () => verdict('battery', batteryNames(batteries))) ??
    first(batteries, isUnclear, unknown) ??
    verdict('mains', `${batteryNames(batteries)}, which is not being used`)
  );
}

function first(
  supplies: readonly Supply[],
  holds: (supply: Supply) => boolean,
  then: (supply: Supply) => PowerVerdict,
): PowerVerdict | null {
  const found = supplies.find(holds);
  return found ? then(found) : null;
}

function isDischarging({ status }: Supply): boolean {
  return status === 'Discharging';
}

function isUnclear({ status }: Supply): boolean {
  return status === null || status === 'Unknown';
}

function mainsFrom({ name }: Supply): PowerVerdict {
  return verdict('mains', `the adapter ${name}`);
}

function unknown({ name }: Supply): PowerVerdict {
  return verdict(null, `the power supply ${name} does not say how it is`);
}

function whatFeedsIt(ups: readonly Supply[]): string {
  return ups[0] === undefined ? 'a computer without a battery' : `${ups[0].name}, which has mains`;
}

function batteryNames(batteries: readonly Supply[]): string {
  return `the battery ${batteries.map(({ name }) => name).join(', ')}`;
}

function verdict(value: Power | null, source: string): PowerVerdict {
  return { value, source };
}
