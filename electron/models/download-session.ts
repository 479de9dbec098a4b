/** In main: one download process, its pulse, and its words after they were checked. */
import type { SpawnChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { sendPulses } from '../platform/heartbeat.ts';
import type { Log } from '../platform/log.ts';
import { fromDownloadSchema, type FromDownload, type ToDownload } from './download-messages.ts';

/** One that says nothing for so long is stuck. */
export const DOWNLOAD_SILENCE_MS = 20_000;
const DOWNLOAD_ENTRY = 'download-process';

export interface DownloadSession {
  post(message: ToDownload): void;
  kill(): void;
  /** Resolves once the process is gone. */
  readonly ended: Promise<void>;
}

export interface DownloadSessionPorts {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly log: Log;
}

export interface DownloadSessionEvents {
  said(message: Exclude<FromDownload, { readonly type: 'pulse' }>): void;
  gone(): void;
}

export function openDownloadSession(
  { spawn, clock, log }: DownloadSessionPorts,
  events: DownloadSessionEvents,
): DownloadSession {
  const child = spawn(DOWNLOAD_ENTRY, { name: 'Lull downloads' });
  const ended = Promise.withResolvers<undefined>();
  const pulse = sendPulses(clock, {
    silenceMs: DOWNLOAD_SILENCE_MS,
    send: () => {
      child.post({ type: 'pulse' });
    },
    onSilence: () => {
      log.warn('the download process does not answer and is replaced');
      child.kill();
    },
  });
  child.onMessage((raw) => {
    const parsed = fromDownloadSchema.safeParse(raw);
    if (!parsed.success) {
      // It talks to strangers: one that breaks its contract is not believed any more.
      log.error('the download process said what it must not and is replaced', {
        what: parsed.error.issues[0]?.message ?? 'an unknown message',
      });
      child.kill();
      return;
    }
    pulse.heard();
    if (parsed.data.type !== 'pulse') events.said(parsed.data);
  });
  child.onExit(() => {
    pulse.stop();
    events.gone();
    ended.resolve(undefined);
  });
  return {
    post: child.post,
    kill: child.kill,
    ended: ended.promise,
  };
}
