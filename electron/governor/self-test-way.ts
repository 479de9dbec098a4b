/** For whom an engine that is only being tested gives way. */
import type { ReasonCode, Status } from '../ipc/status.ts';
import { ENDING } from './policy-codes.ts';

/** What a test may bring about by itself, or what it is there to find out. */
const OF_THE_TEST: readonly ReasonCode[] = [
  'self-test-failed',
  'sensor-missing',
  'sensor-stale',
  'sensor-frozen',
  'sensor-lying',
  'gpu-hot',
  'gpu-throttled',
  'cpu-hot',
  'memory-short',
];

/** Whether relays would have to end for somebody, if any were under way. */
export function isWantedBack({ reasons }: Pick<Status, 'reasons'>): boolean {
  return reasons.some(({ code }) => ENDING[code] !== 'finish' && !OF_THE_TEST.includes(code));
}
