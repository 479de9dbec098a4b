/** What the card of live readings says; what is not known is never shown as if it were. */
import type { Live } from '../../../electron/ipc/governor.ts';
import { dutyWords } from '../../../electron/ipc/status-words.ts';
import type { Status } from '../../../electron/ipc/status.ts';
import type { CurveMark } from '../../charts/Sparkline.tsx';
import { formatMemory } from '../../format/numbers.ts';
import type { LivePoint } from '../../store/live-history.ts';
import type { Fact } from '../../ui/Facts.tsx';

/** Whether relays run, end or are about to begin. */
export function isLive(status: Status, live: Live | null): boolean {
  if (live !== null || status.mode === 'serving' || status.mode === 'draining') return true;
  return status.reasons[0]?.code === 'arming';
}

/** For example `71 °C`. */
export function celsiusWords(celsius: number): string {
  return `${String(Math.round(celsius))} °C`;
}

export function liveFacts(status: Status, live: Live): readonly Fact[] {
  return [
    { name: 'Temperature', value: heatWords(live) },
    { name: 'Works', value: worksWords(status, live) },
    { name: 'Draws', value: wattWords(live) },
    {
      name: 'Load of the card',
      value: live.loadPercent === null ? null : `${String(Math.round(live.loadPercent))} %`,
    },
    { name: 'Its memory', value: memoryWords(live) },
    {
      name: 'Battery',
      value: live.batteryPercent === null ? null : `${String(Math.round(live.batteryPercent))} %`,
    },
  ];
}

function heatWords({ celsius, targetCelsius, pauseCelsius }: Live): string {
  if (celsius === null) return 'Not known';
  const target = targetCelsius === null ? [] : [`holds ${celsiusWords(targetCelsius)}`];
  const pause = pauseCelsius === null ? [] : [`pauses at ${celsiusWords(pauseCelsius)}`];
  return [celsiusWords(celsius), ...target, ...pause].join(', ');
}

function worksWords({ mode, duty, dutyCause }: Status, { targetCelsius }: Live): string | null {
  return mode === 'serving' ? dutyWords(duty, dutyCause, targetCelsius) : null;
}

function wattWords({ watts, wattsFrom }: Live): string | null {
  if (watts === null) return null;
  const from = wattsFrom === 'owner' ? ', as you entered' : ', measured by the card';
  return `${String(Math.round(watts))} W${wattsFrom === null ? '' : from}`;
}

function memoryWords({ memoryUsedBytes, memoryTotalBytes }: Live): string | null {
  if (memoryUsedBytes === null) return null;
  const used = formatMemory(memoryUsedBytes);
  return memoryTotalBytes === null
    ? `${used} in use`
    : `${used} of ${formatMemory(memoryTotalBytes)} in use`;
}

export function heatMarks({ targetCelsius, pauseCelsius }: Live): readonly CurveMark[] {
  return [
    ...(targetCelsius === null
      ? []
      : [
          {
            value: targetCelsius,
            name: `hold ${celsiusWords(targetCelsius)}`,
            look: 'target' as const,
          },
        ]),
    ...(pauseCelsius === null
      ? []
      : [
          {
            value: pauseCelsius,
            name: `pause ${celsiusWords(pauseCelsius)}`,
            look: 'limit' as const,
          },
        ]),
  ];
}

const MINUTE_MS = 60_000;

/** The curve in one sentence; null when there are too few points for one. */
export function curveWords(points: readonly LivePoint[]): string | null {
  const known = points.flatMap(({ celsius }) => celsius ?? []);
  const first = points[0];
  const last = points.at(-1);
  if (known.length < 2 || !first || !last) return null;
  const minutes = Math.round((last.atMs - first.atMs) / MINUTE_MS);
  const span = minutes <= 1 ? 'the last minute' : `the last ${String(minutes)} minutes`;
  const least = Math.round(Math.min(...known));
  const most = celsiusWords(Math.max(...known));
  return `Temperature of ${span}: ${String(least)} to ${most}`;
}
