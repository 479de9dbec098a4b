/** Process entry: fetches and hashes what main asks for, so that no byte from outside reaches main. */
import { systemClock } from '../platform/clock.ts';
import { watchPulse } from '../platform/heartbeat.ts';
import { parentChannel } from '../platform/parent-channel.ts';
import { systemDisk } from './download-disk.ts';
import { createHttpTransport } from './download-http.ts';
import { toDownloadSchema } from './download-messages.ts';
import { createDownloadWorker } from './download-worker.ts';

/** Main counts as gone after so long without a pulse; what has arrived is on the disk by then. */
const MAIN_HUNG_MS = 20_000;

const channel = parentChannel();
const { HTTPS_PROXY, https_proxy, NO_PROXY, no_proxy } = process.env;
const proxyUrl = HTTPS_PROXY ?? https_proxy ?? '';
const worker = createDownloadWorker({
  disk: systemDisk,
  transport: createHttpTransport({
    proxy: proxyUrl === '' ? null : { url: proxyUrl, except: NO_PROXY ?? no_proxy ?? '' },
  }),
  clock: systemClock,
  jitter: () => Math.random(),
  post: (message) => {
    channel.post(message);
  },
});
const pulse = watchPulse(systemClock, MAIN_HUNG_MS, () => {
  process.exit(0);
});

channel.onDisconnect(() => {
  process.exit(0);
});
channel.onMessage((raw) => {
  const message = toDownloadSchema.parse(raw);
  if (message.type === 'pulse') {
    pulse.beat();
    channel.post({ type: 'pulse' });
  } else worker.receive(message);
});
