/** Process entry: a parent of the real engine process whose own loop stands still from some moment on. */
import { DEVICE_PULSE_MS, sendPulses } from '../../electron/platform/heartbeat.ts';
import { systemClock } from '../../electron/platform/clock.ts';
import { parentChannel } from '../../electron/platform/parent-channel.ts';
import { createForkedChildren } from './fork-child.ts';

const BLOCK_MS = 60_000;

const channel = parentChannel();
const { spawn } = createForkedChildren('engine');
const child = spawn('engine-process', { name: 'engine' });
const pulses = sendPulses(systemClock, {
  silenceMs: BLOCK_MS,
  everyMs: DEVICE_PULSE_MS,
  send() {
    child.post({ type: 'pulse' });
  },
  onSilence: () => undefined,
});
child.onMessage(() => {
  pulses.heard();
  channel.post({ pid: child.pid });
});
channel.onMessage(() => {
  // Nothing of this process runs any more, and its channel to the engine stays open.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCK_MS);
});
