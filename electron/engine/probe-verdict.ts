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
  const name = BACKEND_TITLES[backend];
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
      return { ...nothing, why: `${name} is not included in this build of Lull.` };
    case 'no-device':
      return { ...nothing, why: `${name} found no device on this computer.` };
    case 'software': {
      const why = `${attempt.device.name} imitates a graphics card on the processor, which is slower than the processor itself.`;
      return { ...nothing, device: attempt.device, why };
    }
    case 'failed': {
      const why = `${name} failed the test: ${attempt.why}.`;
      return { ...nothing, device: attempt.device, state: 'failed', why };
    }
    case 'answered':
      return judgeAnswer(nothing, attempt, golden);
  }
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
