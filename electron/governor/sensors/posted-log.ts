/** A log whose lines the parent process writes. */
import type { Log, LogLevel } from '../../platform/log.ts';
import { clip, type FromSensors } from './messages.ts';

export function createPostedLog(post: (message: FromSensors) => void): Log {
  const write =
    (level: LogLevel): Log['info'] =>
    (message, fields = {}) => {
      const details = Object.entries(fields).map(([key, value]) => `${key}=${show(value)}`);
      post({ type: 'note', level, message: clip(message), details: clip(details.join(' ')) });
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function show(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
