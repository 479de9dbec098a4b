/** Whether answers that are written at the same time share batches. */
import type { BackendName } from '../ipc/snapshot.ts';

/**
 * Weights that a processor's cache does not hold are read from memory once a step instead of once an answer, and
 * threads wait for each other once a step. Measured with four answers on two cores, shared batches against own
 * ones: weights of 1170, 668 and 323 MB write 1.7, 2.0 and 1.8 times as fast with two threads and 1.1, 1.2 and
 * 1.0 times with one; the 28 MB of the test model 0.7 times.
 */
const LARGE_FROM_BYTES = 256 * 2 ** 20;

/** Whether memory and not the processor sets the pace, so that what holds for the test model does not hold here. */
export function isLarge(modelBytes: number): boolean {
  return modelBytes >= LARGE_FROM_BYTES;
}

/**
 * Shared batches cost exactness: the same seed then gives the same text only in the same company. Small models on
 * a processor gain nothing from them, so they stay exact.
 */
export function sharesBatches(backend: BackendName, modelBytes: number): boolean {
  return backend !== 'cpu' || isLarge(modelBytes);
}
