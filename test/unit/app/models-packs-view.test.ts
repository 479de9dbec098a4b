/** What the window says of the CUDA pack in every state, with one package and with two. */
import { describe, expect, it } from 'vitest';
import { jobId, packsView, type PackFacts } from '../../../electron/app/models-packs-view.ts';
import { packSchema, type Pack } from '../../../electron/ipc/models.ts';
import type { DownloadEntry } from '../../../electron/models/download-ports.ts';
import { cudaPins, type PackPin } from '../../../electron/models/packs.ts';
import { catalogueText } from '../../../electron/platform/failure-text.ts';

const PINS = cudaPins('linux', 'x64');
const [FIRST, SECOND] = PINS;
const NOTHING: PackFacts = {
  pins: PINS,
  found: { hasCard: true, runtime: 13 },
  installed: new Set(),
  unpacking: new Set(),
  failures: new Map(),
  downloads: [],
  tested: null,
};
const TWELVE = { hasCard: true, runtime: 12 } as const;

function only(facts: Partial<PackFacts>): Pack {
  const [pack] = packsView({ ...NOTHING, ...facts });
  return packSchema.parse(pack);
}

function entry(pin: PackPin | undefined, changes: Partial<DownloadEntry>): DownloadEntry {
  if (!pin) throw new Error('there are two');
  const { url, sizeBytes, sha256 } = pin;
  const sources = [{ kind: 'https' as const, url }];
  return {
    job: { id: jobId(pin), sources, sizeBytes, sha256, destination: '/packs/one.tgz' },
    state: 'running',
    doneBytes: 0,
    totalBytes: sizeBytes,
    bytesPerSecond: null,
    secondsLeft: null,
    from: null,
    failure: null,
    ...changes,
  };
}

const namesOf = (pins: readonly (PackPin | undefined)[]) =>
  new Set(pins.flatMap((pin) => (pin ? [pin.name] : [])));

describe('the CUDA pack', () => {
  it('is offered, with its size, where a card and CUDA are', () => {
    const pack = only({});
    expect(pack).toMatchObject({ id: 'pack:cuda', state: 'absent', isOffered: true });
    expect(pack).toMatchObject({ download: null, sizeBytes: FIRST?.sizeBytes });
    expect(pack.why).toMatch(/NVIDIA card.*CUDA.*same test/);
    const both = (FIRST?.sizeBytes ?? 0) + (SECOND?.sizeBytes ?? 0);
    expect(only({ found: TWELVE }).sizeBytes).toBe(both);
  });

  it('says why it is not offered, and does not exist where there is none', () => {
    const noCard = only({ found: { hasCard: false, runtime: 13 } });
    const noRuntime = only({ found: { hasCard: true, runtime: null } });
    expect([noCard.isOffered, noRuntime.isOffered]).toEqual([false, false]);
    expect(noCard.why).toContain('none here');
    expect(noRuntime.why).toContain('CUDA 12 or 13');
    expect(packsView({ ...NOTHING, pins: [] })).toEqual([]);
  });

  it('is installed only with everything that this CUDA needs, and says what the test found', () => {
    const tested = 'CUDA broke down.';
    expect(only({ installed: namesOf([FIRST]), tested })).toMatchObject({
      state: 'installed',
      download: null,
      why: tested,
    });
    expect(only({ installed: namesOf([FIRST]) }).why).toContain('not tested it yet');
    expect(only({ installed: namesOf([FIRST]), found: TWELVE }).state).toBe('absent');
    expect(only({ installed: namesOf(PINS), found: TWELVE }).state).toBe('installed');
  });

  it('adds two packages up as one download', () => {
    const running = entry(SECOND, { doneBytes: 1_000, bytesPerSecond: 1_000_000, from: 'a.host' });
    const { download, state, sizeBytes } = only({
      found: TWELVE,
      unpacking: namesOf([FIRST]),
      downloads: [running],
    });
    const doneBytes = (FIRST?.sizeBytes ?? 0) + 1_000;
    expect(state).toBe('running');
    expect(download).toMatchObject({ doneBytes, totalBytes: sizeBytes, from: 'a.host' });
    expect(download?.secondsLeft).toBe(Math.ceil((sizeBytes - doneBytes) / 1_000_000));
  });

  it.each([
    ['running', 'waiting', 'running'],
    ['verifying', 'waiting', 'verifying'],
    ['paused', 'waiting', 'waiting'],
    ['paused', 'paused', 'paused'],
    ['failed', 'paused', 'failed'],
    ['failed', 'running', 'running'],
  ] as const)('with one %s and one %s is %s', (one, other, both) => {
    const downloads = [entry(FIRST, { state: one }), entry(SECOND, { state: other })];
    expect(only({ found: TWELVE, downloads }).state).toBe(both);
  });

  it('is being checked while it is unpacked, and failed when that did', () => {
    expect(only({ unpacking: namesOf([FIRST]) }).state).toBe('verifying');
    const failure = catalogueText('disk-full', null);
    const failed = only({ failures: new Map([[FIRST?.name ?? '', failure]]) });
    expect(failed).toMatchObject({ state: 'failed', download: { failure } });
  });
});
