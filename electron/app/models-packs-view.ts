/** What the window sees of packs: one entry for CUDA, however many packages it takes here; pure. */
import type { Download, Models, Pack } from '../ipc/models.ts';
import type { FailureText } from '../ipc/result.ts';
import type { CudaFound } from '../models/cuda-runtime.ts';
import type { DownloadEntry } from '../models/download-ports.ts';
import { CUDA_PACK_ID, neededPins, type PackPin } from '../models/packs.ts';

export interface PackFacts {
  /** All for this kind of computer; none where there are none. */
  readonly pins: readonly PackPin[];
  readonly found: CudaFound;
  /** By name, as are those that follow. */
  readonly installed: ReadonlySet<string>;
  readonly unpacking: ReadonlySet<string>;
  readonly failures: ReadonlyMap<string, FailureText>;
  readonly downloads: readonly DownloadEntry[];
  /** What the last test says of CUDA; null before there was one. */
  readonly tested: string | null;
}

const TITLE = 'CUDA for NVIDIA cards';
const BRINGS =
  'Runs models on your NVIDIA card with NVIDIA’s own CUDA, often faster than Vulkan does; it is used only where it passes the same test.';
const NO_CARD = 'It is for NVIDIA cards, and there is none here whose driver is installed.';
const NO_RUNTIME =
  'It needs NVIDIA’s CUDA 12 or 13, which is not installed on this computer; Vulkan uses your card without it.';
const NOT_TESTED = 'It is installed, and Lull has not tested it yet.';

/** Before CUDA of any number is found, the smaller set stands for all. */
const USUAL_CUDA = 13;
/** What one of several packages says for all, the first before the others. */
const STATES: readonly Download['state'][] = [
  'running',
  'verifying',
  'waiting',
  'failed',
  'paused',
];

export function jobId({ name }: Pick<PackPin, 'name'>): string {
  return `pack:${name}`;
}

/** Null where this computer could use it. */
export function whyNotOffered({ hasCard, runtime }: CudaFound): string | null {
  if (!hasCard) return NO_CARD;
  return runtime === null ? NO_RUNTIME : null;
}

/** What CUDA takes on this computer. */
export function pinsHere({ pins, found }: Pick<PackFacts, 'pins' | 'found'>): readonly PackPin[] {
  return neededPins(pins, found.runtime ?? USUAL_CUDA);
}

export function packsView(facts: PackFacts): Models['packs'] {
  if (facts.pins.length === 0) return [];
  const pins = pinsHere(facts);
  const whyNot = whyNotOffered(facts.found);
  const isInstalled = pins.every(({ name }) => facts.installed.has(name));
  const download = isInstalled ? null : downloadOf(pins, facts);
  const pack: Pack = {
    id: CUDA_PACK_ID,
    title: TITLE,
    sizeBytes: sum(pins.map(({ sizeBytes }) => sizeBytes)),
    state: isInstalled ? 'installed' : (download?.state ?? 'absent'),
    download,
    isOffered: whyNot === null,
    why: isInstalled ? (facts.tested ?? NOT_TESTED) : (whyNot ?? BRINGS),
  };
  return [pack];
}

/** All packages as if they were one file. */
function downloadOf(pins: readonly PackPin[], facts: PackFacts): Download | null {
  const all = pins.map((pin) => partOf(pin, facts));
  const active = all.flatMap(({ download }) => (download ? [download] : []));
  const [speaker] = active.toSorted(
    (one, other) => STATES.indexOf(one.state) - STATES.indexOf(other.state),
  );
  if (!speaker) return null;
  const doneBytes = sum(all.map((part) => part.doneBytes));
  const totalBytes = sum(pins.map(({ sizeBytes }) => sizeBytes));
  const { bytesPerSecond } = speaker;
  const secondsLeft =
    bytesPerSecond === null || bytesPerSecond === 0
      ? null
      : Math.ceil(Math.max(0, totalBytes - doneBytes) / bytesPerSecond);
  return { ...speaker, doneBytes, totalBytes, secondsLeft };
}

function partOf(
  pin: PackPin,
  { installed, unpacking, failures, downloads }: PackFacts,
): { readonly doneBytes: number; readonly download: Download | null } {
  const { name, sizeBytes } = pin;
  if (installed.has(name)) return { doneBytes: sizeBytes, download: null };
  const here = { ...RESTING, doneBytes: sizeBytes, totalBytes: sizeBytes };
  if (unpacking.has(name)) {
    return { doneBytes: sizeBytes, download: { ...here, state: 'verifying', failure: null } };
  }
  const entry = downloads.find(({ job }) => job.id === jobId(pin));
  if (entry) {
    const { state, doneBytes, totalBytes, bytesPerSecond, secondsLeft, from, failure } = entry;
    const progress = { doneBytes, totalBytes, bytesPerSecond, secondsLeft };
    return { doneBytes, download: { state, ...progress, from, failure } };
  }
  const failure = failures.get(name);
  if (!failure) return { doneBytes: 0, download: null };
  return { doneBytes: 0, download: { ...here, state: 'failed', failure } };
}

const RESTING = { bytesPerSecond: null, secondsLeft: null, from: null } as const;

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
