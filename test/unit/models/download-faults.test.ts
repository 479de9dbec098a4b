/** Whatever sources do: a download ends with the right file or with a coded failure, never with a wrong file. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runDownload } from '../../../electron/models/download-job.ts';
import { DOWNLOAD_LIMITS } from '../../../electron/models/download-limits.ts';
import { createPacer } from '../../../electron/models/download-pace.ts';
import type { DownloadJob } from '../../../electron/models/download-ports.ts';
import { AppError, toAppError } from '../../../electron/platform/app-error.ts';
import { createInstantClock } from '../../fakes/instant-clock.ts';
import { createMemoryDisk, type MemoryDisk } from '../../fakes/memory-disk.ts';
import { createScriptedTransport, type ScriptedFault } from '../../fakes/scripted-transport.ts';

const CONTENT = Buffer.from(Array.from({ length: 10_000 }, (_value, at) => (at * 31 + 7) & 0xff));
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const DESTINATION = '/models/model.gguf';
const LIMITS = {
  ...DOWNLOAD_LIMITS,
  blockBytes: 1_024,
  progressBytes: 500,
  maxBarrenTries: 3,
  spareBytes: 0,
};
const MIRRORS = ['https://one.example/m', 'https://two.example/m', 'https://three.example/m'];

function jobOf(mirrors: readonly string[], sha256: string | null = SHA256): DownloadJob {
  const sources = mirrors.map((url) => ({ kind: 'https' as const, url }));
  return { id: 'model', sources, sizeBytes: CONTENT.length, sha256, destination: DESTINATION };
}

async function run(
  disk: MemoryDisk,
  faults: ScriptedFault[],
  job: DownloadJob,
  named: string | null = null,
) {
  const clock = createInstantClock();
  const transport = createScriptedTransport(
    CONTENT,
    () => faults.shift() ?? { kind: 'none' },
    named,
  );
  const pacer = createPacer(clock);
  const ports = { disk, transport, clock, limits: LIMITS, pacer, jitter: () => 0.5 };
  const hooks = { progress: () => undefined, gained: () => undefined };
  const signal = new AbortController().signal;
  let code: string | null = null;
  try {
    await runDownload(ports, job, hooks, signal);
  } catch (error) {
    code = toAppError(error).code;
  }
  return { code, requests: transport.requests };
}

const bytes = fc.nat({ max: 10_000 });
const fault: fc.Arbitrary<ScriptedFault> = fc.oneof(
  fc.constantFrom<ScriptedFault>(
    { kind: 'none' },
    { kind: 'no-connection' },
    { kind: 'range-ignored' },
    { kind: 'no-length' },
    { kind: 'other-range' },
    { kind: 'other-etag' },
    { kind: 'other-length' },
    { kind: 'wrong-bytes' },
    { kind: 'too-much' },
  ),
  fc.record({
    kind: fc.constant('status' as const),
    status: fc.constantFrom(301, 403, 404, 416, 429, 500, 503),
    retryAfter: fc.constantFrom(null, '3', 'Wed, 21 Oct 2015 07:28:00 GMT', '99999999', 'soon'),
  }),
  fc.record({ kind: fc.constantFrom('cut', 'ends', 'stall'), afterBytes: bytes }),
);

const CODES = ['download-changed', 'download-damaged', 'download-failed', 'disk-full'];

describe('a download among faults', () => {
  it('never puts a wrong file in place, over several runs and with a disk that fills up', async () => {
    const ends = { right: 0, failed: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fault, { maxLength: 12 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 3 }),
        fc.option(fc.integer({ min: 10_000, max: 14_000 })),
        async (runs, mirrorCount, capacityBytes) => {
          const disk = createMemoryDisk();
          const job = jobOf(MIRRORS.slice(0, mirrorCount));
          disk.capacityBytes = capacityBytes ?? Infinity;
          for (const faults of runs) {
            const { code } = await run(disk, [...faults], job);
            const file = disk.files.get(DESTINATION);
            if (code === null) {
              expect(file?.equals(CONTENT)).toBe(true);
              expect([...disk.files.keys()]).toEqual([DESTINATION]);
              ends.right += 1;
              return;
            }
            expect(CODES).toContain(code);
            expect(file).toBeUndefined();
            ends.failed += 1;
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(ends.right).toBeGreaterThan(100);
    expect(ends.failed).toBeGreaterThan(20);
  });

  it('fetches no byte twice when a source is cut off again and again', async () => {
    const cuts = Array.from({ length: 9 }, () => ({ kind: 'cut' as const, afterBytes: 1_000 }));
    const { code, requests } = await run(createMemoryDisk(), cuts, jobOf(MIRRORS.slice(0, 1)));
    expect(code).toBeNull();
    const starts = requests.map(({ range }) => range ?? 'all');
    expect(starts.slice(0, 3)).toEqual(['all', 'bytes=1000-', 'bytes=2000-']);
    expect(starts).toHaveLength(10);
  });

  it('passes over what it has when a source ignores ranges', async () => {
    const faults: ScriptedFault[] = [{ kind: 'cut', afterBytes: 3_333 }, { kind: 'range-ignored' }];
    const { code, requests } = await run(createMemoryDisk(), faults, jobOf(MIRRORS.slice(0, 1)));
    expect(code).toBeNull();
    expect(requests).toHaveLength(2);
  });

  it('goes on with another mirror from where the first one left off', async () => {
    const faults: ScriptedFault[] = [{ kind: 'stall', afterBytes: 5_000 }];
    const { code, requests } = await run(createMemoryDisk(), faults, jobOf(MIRRORS.slice(0, 2)));
    expect(code).toBeNull();
    expect(requests).toEqual([
      { url: MIRRORS[0], range: undefined },
      { url: MIRRORS[1], range: 'bytes=5000-' },
    ]);
  });

  it('takes each source alone once bytes of several made a wrong file', async () => {
    const disk = createMemoryDisk();
    const faults: ScriptedFault[] = [
      { kind: 'cut', afterBytes: 3_000 },
      { kind: 'wrong-bytes' },
      { kind: 'wrong-bytes' },
    ];
    const { code, requests } = await run(disk, faults, jobOf(MIRRORS.slice(0, 2)));
    expect(code).toBeNull();
    expect(requests.map(({ range }) => range)).toEqual([
      undefined,
      'bytes=3000-',
      undefined,
      undefined,
    ]);
    expect(requests[2]?.url).not.toBe(requests[3]?.url);
  });

  it('keeps nothing of a damaged file, and says so', async () => {
    const disk = createMemoryDisk();
    const { code } = await run(disk, [{ kind: 'wrong-bytes' }], jobOf(MIRRORS.slice(0, 1)));
    expect(code).toBe('download-damaged');
    expect([...disk.files.keys()]).toEqual([]);
  });

  it('keeps what has arrived when the disk is full, and goes on from there', async () => {
    const disk = createMemoryDisk();
    const job = jobOf(MIRRORS.slice(0, 1));
    disk.capacityBytes = 10_400;
    expect((await run(disk, [{ kind: 'none' }], job)).code).toBe('disk-full');
    expect(disk.files.get(`${DESTINATION}.part`)?.length).toBeGreaterThan(5_000);
    disk.capacityBytes = Infinity;
    const { code, requests } = await run(disk, [], job);
    expect(code).toBeNull();
    const [first] = requests;
    expect(Number(/\d+/.exec(first?.range ?? '')?.[0])).toBeGreaterThan(5_000);
  });

  it('does not begin without room for the whole file', async () => {
    const disk = createMemoryDisk();
    disk.capacityBytes = 9_999;
    const { code, requests } = await run(disk, [], jobOf(MIRRORS));
    expect(code).toBe('disk-too-small');
    expect(requests).toEqual([]);
  });

  it('counts nothing as room that another way of getting it has left', async () => {
    const disk = createMemoryDisk();
    const whole = jobOf(MIRRORS.slice(0, 1));
    const dead: ScriptedFault = { kind: 'no-connection' };
    await run(disk, [{ kind: 'cut', afterBytes: 6_000 }, dead, dead, dead], whole);
    // As much again as the parts need beside the file that is joined from them, but for those 6,000 bytes.
    disk.capacityBytes = 24_000;
    const url = 'https://parts.example/p';
    const part = { kind: 'https' as const, url, sizeBytes: CONTENT.length };
    const { code, requests } = await run(disk, [], {
      ...whole,
      sources: [{ kind: 'parts', parts: [part] }],
    });
    expect(code).toBe('disk-too-small');
    expect(requests).toEqual([]);
  });

  it('goes back to the last good block when what lies on the disk is not what was recorded', async () => {
    const disk = createMemoryDisk();
    const job = jobOf(MIRRORS.slice(0, 1));
    const dead: ScriptedFault = { kind: 'no-connection' };
    await run(disk, [{ kind: 'cut', afterBytes: 6_000 }, dead, dead, dead], job);
    const part = disk.files.get(`${DESTINATION}.part`);
    expect(part?.length).toBe(6_000);
    part?.fill(0, 4_000, 4_001);
    const { code, requests } = await run(disk, [], job);
    expect(code).toBeNull();
    expect(requests[0]?.range).toBe('bytes=3072-');
  });

  it('takes the hash that the hub names, and refuses a large file without one', async () => {
    const job = jobOf(MIRRORS.slice(0, 1), null);
    expect((await run(createMemoryDisk(), [], job, SHA256)).code).toBeNull();
    expect((await run(createMemoryDisk(), [], job, '0'.repeat(64))).code).toBe('download-damaged');
    expect((await run(createMemoryDisk(), [], job, null)).code).toBe('download-failed');
  });

  it('stops at once when it is paused', async () => {
    const clock = createInstantClock();
    const controller = new AbortController();
    const transport = createScriptedTransport(CONTENT, () => ({ kind: 'none' }));
    const disk = createMemoryDisk();
    const ports = {
      disk,
      transport,
      clock,
      limits: LIMITS,
      pacer: createPacer(clock),
      jitter: () => 0,
    };
    const gained = () => {
      controller.abort(new AppError('cancelled'));
    };
    const hooks = { progress: () => undefined, gained };
    await expect(
      runDownload(ports, jobOf(MIRRORS), hooks, controller.signal),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(disk.files.get(`${DESTINATION}.part`)?.length).toBe(700);
  });
});
