/** Durations and dates as people read them. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** For example `0.04 s`, `1.2 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${(ms / SECOND).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / SECOND).toFixed(1)} s`;
  const seconds = Math.round(ms / SECOND);
  const rest = seconds % 60;
  const minutes = `${String(Math.floor(seconds / 60))} min`;
  return rest === 0 ? minutes : `${minutes} ${String(rest)} s`;
}

/** What is left of something long, no more exact than it can be known: `about 1 min 20 s`. */
export function formatLeft(seconds: number): string {
  if (seconds < 10) return 'a few seconds';
  const rounded = Math.round(seconds / 10) * 10;
  if (rounded < 60) return `about ${String(rounded)} s`;
  if (rounded < 600) return `about ${formatDuration(rounded * SECOND)}`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${String(minutes)} min`;
  const rest = minutes % 60;
  const hours = `about ${String(Math.floor(minutes / 60))} h`;
  return rest === 0 ? hours : `${hours} ${String(rest)} min`;
}

/** How long ago, short enough for a list: `now`, `5 min`, `3 h`, `Yesterday`, `Tue`, `3 Nov`, `3 Nov 2024`. */
export function formatWhen(thenMs: number, nowMs: number): string {
  const ago = nowMs - thenMs;
  if (ago < MINUTE) return 'now';
  if (ago < HOUR) return `${String(Math.floor(ago / MINUTE))} min`;
  const days = daysBetween(thenMs, nowMs);
  if (days === 0) return `${String(Math.floor(ago / HOUR))} h`;
  if (days === 1) return 'Yesterday';
  const then = new Date(thenMs);
  if (days < 7) return then.toLocaleDateString('en-GB', { weekday: 'short' });
  const sameYear = then.getFullYear() === new Date(nowMs).getFullYear();
  return then.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  });
}

/** The full date, for a tooltip. */
export function formatDateTime(ms: number): string {
  return new Date(ms).toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short' });
}

function daysBetween(thenMs: number, nowMs: number): number {
  return Math.round((startOfDay(nowMs) - startOfDay(thenMs)) / (24 * HOUR));
}

function startOfDay(ms: number): number {
  const date = new Date(ms);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** For example `14:05`. */
export function formatClock(ms: number): string {
  return new Date(ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

/** For example `3 Nov`. */
export function formatDate(ms: number): string {
  return new Date(ms).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
}

/** For example `Tue 3 Nov`. */
export function formatDay(ms: number): string {
  const weekday = new Date(ms).toLocaleDateString('en-GB', { weekday: 'short' });
  return `${weekday} ${formatDate(ms)}`;
}
