/** One logger with levels; every line passes redaction before it reaches a sink. */
import { redact } from './redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Receives one finished line, without its line end. */
export type LogSink = (line: string, level: LogLevel) => void;

const ORDER: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export function createLog(sink: LogSink, nowMs: () => number, minimum: LogLevel = 'info'): Log {
  const write =
    (level: LogLevel) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
      if (ORDER[level] < ORDER[minimum]) return;
      const time = new Date(nowMs()).toISOString();
      const rest = Object.entries(fields).map(([key, value]) => `${key}=${show(value)}`);
      sink(redact([time, level, message, ...rest].join(' ')), level);
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function show(value: unknown): string {
  if (value instanceof Error) {
    const code = 'code' in value ? ` (${String(value.code)})` : '';
    const details =
      'details' in value && typeof value.details === 'string' ? ` [${value.details}]` : '';
    const cause = value.cause === undefined ? '' : ` because ${show(value.cause)}`;
    return `${value.message}${code}${details}${cause}`;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
