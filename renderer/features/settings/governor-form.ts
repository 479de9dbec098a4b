/** What its owner types about the governor: what is wrong with it, in a sentence, or the value to be saved. */
import type { GovernorSettings } from '../../../electron/ipc/governor.ts';
import type { Faults, FieldPlan, FormPlan, ReadForm, Typed } from '../../ui/form-plan.ts';
import { parseMicros, typedMicros } from '../../format/money.ts';

type Whole = { readonly value: number; readonly fault: null } | { readonly fault: string };

/** @param unit for the sentence, for example `°C` */
export function parseWhole(text: string, least: number, most: number, unit: string): Whole {
  const typed = text.trim();
  const value = /^\d{1,6}$/.test(typed) ? Number(typed) : null;
  if (value !== null && value >= least && value <= most) return { value, fault: null };
  const from = String(least);
  return { fault: `Write a whole number from ${from} to ${String(most)} ${unit}.` };
}

const MINUTES_PER_HOUR = 60;

type TypedClock = { readonly minute: number; readonly fault: null } | { readonly fault: string };

/** Minutes after midnight; `24:00` is its end. */
export function parseClock(text: string): TypedClock {
  const parts = /^(\d{1,2})(?:[:.](\d{2}))?$/.exec(text.trim());
  const hours = Number(parts?.[1] ?? Number.NaN);
  const minutes = Number(parts?.[2] ?? 0);
  const minute = hours * MINUTES_PER_HOUR + minutes;
  // Neither is true of what is no number.
  return minutes < MINUTES_PER_HOUR && minute <= 24 * MINUTES_PER_HOUR
    ? { minute, fault: null }
    : { fault: 'Write a time of day, for example 22:00.' };
}

export function clockText(minute: number): string {
  const hours = String(Math.floor(minute / MINUTES_PER_HOUR)).padStart(2, '0');
  return `${hours}:${String(minute % MINUTES_PER_HOUR).padStart(2, '0')}`;
}

type Span = NonNullable<GovernorSettings['hours']>;

const SPAN_FIELDS: readonly FieldPlan<'from' | 'to'>[] = [
  { key: 'from', label: 'From', inputMode: 'text', placeholder: '22:00' },
  { key: 'to', label: 'To', inputMode: 'text', placeholder: '07:00' },
];

function readSpan(typed: Typed<'from' | 'to'>): ReadForm<Span> {
  const from = parseClock(typed.from);
  const to = parseClock(typed.to);
  if (from.fault !== null || to.fault !== null) {
    return { faults: { ...faultOf('from', from.fault), ...faultOf('to', to.fault) } };
  }
  if (from.minute === to.minute) {
    return { faults: { to: 'Choose another time: between the same two there is none.' } };
  }
  return { value: { fromMinute: from.minute, toMinute: to.minute }, faults: null };
}

const writeSpan = ({ fromMinute, toMinute }: Span): Typed<'from' | 'to'> => ({
  from: clockText(fromMinute),
  to: clockText(toMinute),
});

export const HOURS_PLAN: FormPlan<'from' | 'to', Span> = {
  fields: SPAN_FIELDS,
  read: readSpan,
  write: writeSpan,
  empty: { from: '22:00', to: '07:00' },
};

function wholePlan(
  field: Omit<FieldPlan<'value'>, 'key' | 'inputMode'> & { readonly unit: string },
  least: number,
  most: number,
  first: number,
): FormPlan<'value', number> {
  return {
    fields: [{ ...field, key: 'value', inputMode: 'numeric' }],
    read: ({ value: text }) => {
      const read = parseWhole(text, least, most, field.unit);
      return read.fault === null
        ? { value: read.value, faults: null }
        : { faults: { value: read.fault } };
    },
    write: (value) => ({ value: String(value) }),
    empty: { value: String(first) },
  };
}

export const TARGET_PLAN = wholePlan({ label: 'Target temperature', unit: '°C' }, 50, 90, 75);
export const LIMIT_PLAN = wholePlan({ label: 'Power limit', unit: 'W' }, 30, 2000, 250);

type Tariff = NonNullable<GovernorSettings['tariff']>;
type Price = Pick<Tariff, 'currency' | 'microsPerKwh'>;

export const PRICE_PLAN: FormPlan<'currency' | 'price', Price> = {
  fields: [
    { key: 'price', label: 'Price', unit: 'per kWh', inputMode: 'decimal', placeholder: '0.30' },
    { key: 'currency', label: 'Currency', inputMode: 'text', placeholder: 'EUR' },
  ],
  read: (typed) => {
    const currency = typed.currency.trim().toUpperCase();
    const price = parseMicros(typed.price, '0.30');
    const fault = /^[A-Z]{3}$/.test(currency) ? null : 'Write three letters, for example EUR.';
    return price.fault !== null || fault !== null
      ? { faults: { ...faultOf('price', price.fault), ...faultOf('currency', fault) } }
      : { value: { currency, microsPerKwh: price.micros }, faults: null };
  },
  write: ({ currency, microsPerKwh }) => ({ currency, price: typedMicros(microsPerKwh) }),
  empty: { currency: '', price: '' },
};

type Cheap = NonNullable<Tariff['cheap']>;

export const CHEAP_PLAN: FormPlan<'from' | 'to' | 'price', Cheap> = {
  fields: [
    ...SPAN_FIELDS,
    { key: 'price', label: 'Price then', unit: 'per kWh', inputMode: 'decimal' },
  ],
  read: (typed) => {
    const span = readSpan(typed);
    const price = parseMicros(typed.price, '0.18');
    return span.faults !== null || price.fault !== null
      ? { faults: { ...span.faults, ...faultOf('price', price.fault) } }
      : { value: { ...span.value, microsPerKwh: price.micros }, faults: null };
  },
  write: (cheap) => ({ ...writeSpan(cheap), price: typedMicros(cheap.microsPerKwh) }),
  empty: { from: '22:00', to: '06:00', price: '' },
};

type MeasuredWatts = NonNullable<GovernorSettings['measuredWatts']>;

export const WATTS_PLAN: FormPlan<'idle' | 'serving', MeasuredWatts> = {
  fields: [
    { key: 'idle', label: 'Idle', unit: 'W', inputMode: 'numeric' },
    { key: 'serving', label: 'While it serves', unit: 'W', inputMode: 'numeric' },
  ],
  read: (typed) => {
    const idle = parseWhole(typed.idle, 0, 5000, 'W');
    const serving = parseWhole(typed.serving, 1, 5000, 'W');
    if (idle.fault !== null || serving.fault !== null) {
      return { faults: { ...faultOf('idle', idle.fault), ...faultOf('serving', serving.fault) } };
    }
    return serving.value < idle.value
      ? { faults: { serving: 'It draws more while it serves than when it is idle.' } }
      : { value: { idle: idle.value, serving: serving.value }, faults: null };
  },
  write: ({ idle, serving }) => ({ idle: String(idle), serving: String(serving) }),
  empty: { idle: '', serving: '' },
};

export function worthPlan(symbol: string, currency: string): FormPlan<'value', number> {
  const label = `One ${symbol} is worth`;
  return {
    fields: [{ key: 'value', label, unit: currency, inputMode: 'decimal', placeholder: '0.05' }],
    read: ({ value: text }) => {
      const read = parseMicros(text, '0.05');
      return read.fault === null
        ? { value: read.micros, faults: null }
        : { faults: { value: read.fault } };
    },
    write: (micros) => ({ value: typedMicros(micros) }),
    empty: { value: '' },
  };
}

const MOST_APPS = 50;
const LONGEST_NAME = 100;

/** What is wrong with one more program in a list; null when nothing is. */
export function appFault(text: string, listed: readonly string[]): string | null {
  const name = text.trim();
  if (name === '') return 'Write the name of a program.';
  if (name.length > LONGEST_NAME) return 'At most 100 characters.';
  if (listed.length >= MOST_APPS) return 'At most 50 programs. Remove one first.';
  return listed.some((each) => each.toLowerCase() === name.toLowerCase())
    ? 'It is on the list already.'
    : null;
}

function faultOf(key: string, fault: string | null): Faults {
  return fault === null ? {} : { [key]: fault };
}
