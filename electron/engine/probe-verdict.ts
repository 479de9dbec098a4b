/** What an attempt means: a candidate with one plain sentence, and which of them is to be used. */
import type { BackendName, Candidate } from '../ipc/snapshot.ts';
import { deviceRank } from './devices.ts';
import type { Attempt } from './probe-attempt.ts';

/** As a sentence begins with it. */
export const BACKEND_TITLES: Readonly<Record<BackendName, string>> = {
  metal: 'Metal',
  cuda: 'CUDA',
  vulkan: 'Vulkan',
  cpu: 'The processor',
};

export function judge(
  backend: BackendName,
  deviceIndex: number | null,
  attempt: Attempt,
  golden: readonly number[],
): Candidate {
  const nothing: Candidate = {
    backend,
    deviceIndex,
    device: null,
    state: 'skipped',
    layersOffloaded: null,
    layersTotal: null,
    goldenAnswer: null,
    tokensPerSecond: null,
    why: '',
  };
  switch (attempt.kind) {
    case 'not-included':
      return { ...nothing, why: absentWhy(backend) };
    case 'no-device':
      return { ...nothing, why: deviceWhy(backend) };
    case 'software': {
      const why = `${attempt.device.name} imitates a graphics card on the processor, which is slower than the processor itself.`;
      return { ...nothing, device: attempt.device, why };
    }
    case 'failed': {
      const why = failedWhy(backend, attempt);
      return { ...nothing, device: attempt.device, state: 'failed', why };
    }
    case 'answered':
      return judgeAnswer(nothing, attempt, golden);
  }
}

function absentWhy(backend: BackendName): string {
  if (backend === 'cuda') return 'CUDA comes as a pack of its own, which is not installed.';
  return `${BACKEND_TITLES[backend]} is not included in this build of Lull.`;
}

function deviceWhy(backend: BackendName): string {
  if (backend !== 'cuda') return `${BACKEND_TITLES[backend]} found no device on this computer.`;
  return 'CUDA could not reach an NVIDIA card: the card, its driver or NVIDIA’s CUDA libraries are missing.';
}

function failedWhy(
  backend: BackendName,
  { why, device, hasDied }: Extract<Attempt, { kind: 'failed' }>,
): string {
  if (backend === 'cuda' && hasDied) {
    const where = device === null ? '' : ` on ${device.name}`;
    // What it died of nobody is told; mostly its programs were made for a newer driver.
    return `CUDA broke down in the test (${why}), so it is not used${where}. Mostly the NVIDIA driver is too old for this pack: update the driver, then test again.`;
  }
  if (backend === 'cuda' && device === null) {
    return `The CUDA pack could not be opened (${why}): remove it and download it again.`;
  }
  return `${BACKEND_TITLES[backend]} failed the test: ${why}.`;
}

function judgeAnswer(
  nothing: Candidate,
  { device, measurement }: Extract<Attempt, { kind: 'answered' }>,
  golden: readonly number[],
): Candidate {
  const { layersOffloaded, layersTotal, answer, tokensPerSecond } = measurement;
  const goldenAnswer =
    answer.length === golden.length && answer.every((id, at) => id === golden[at]);
  const measured: Candidate = {
    ...nothing,
    device,
    layersOffloaded,
    layersTotal,
    goldenAnswer,
    tokensPerSecond,
  };
  if (!goldenAnswer) {
    const why = `${device.name} got the test question wrong, so its answers cannot be trusted.`;
    return { ...measured, state: 'failed', why };
  }
  if (nothing.backend !== 'cpu' && layersOffloaded < layersTotal) {
    const layers = `${String(layersOffloaded)} of ${String(layersTotal)}`;
    const why = `${device.name} took only ${layers} layers of the small test model.`;
    return { ...measured, state: 'failed', why };
  }
  return { ...measured, state: 'works', why: `${device.name} answered the test question right.` };
}

/** Marks the best one that works: by kind of device first, then by speed. The order stays. */
export function choose(candidates: readonly Candidate[]): readonly Candidate[] {
  const [best] = candidates.filter((each) => each.state === 'works').sort(preference);
  if (best === undefined) return candidates;
  return candidates.map((each) => {
    if (each === best) return { ...each, state: 'chosen', why: `${each.why} It is used.` };
    if (each.state !== 'works') return each;
    return { ...each, why: `${each.why} ${best.device?.name ?? 'Another one'} is preferred.` };
  });
}

function preference(left: Candidate, right: Candidate): number {
  const rank = (each: Candidate) => deviceRank(each.device?.kind ?? 'unknown');
  return rank(left) - rank(right) || (right.tokensPerSecond ?? 0) - (left.tokensPerSecond ?? 0);
}
