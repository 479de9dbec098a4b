/** What the system does to a download: a disk that fills up in the middle, a proxy, a line that breaks off. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemDisk } from '../../../electron/models/download-disk.ts';
import { createHttpTransport } from '../../../electron/models/download-http.ts';
import { toAppError } from '../../../electron/platform/app-error.ts';
import { startModelServer } from '../../fakes/model-server.ts';
import { createDownloadWorld, QUICK, someContent } from './download-world.ts';

const CONTENT = someContent(3_000_000);

/** A disk of a few megabytes, where this account may make one. */
function mountSmallDisk(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  const folder = mkdtempSync(path.join(tmpdir(), 'lull-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    // A container without the right to mount: the disk in memory of the unit tests stands in.
    rmSync(folder, { recursive: true });
    return null;
  }
}

describe('a disk that fills up in the middle', () => {
  const disk = mountSmallDisk();

  // Only where this account may make one; elsewhere the disk in memory of the unit tests stands in.
  if (disk !== null) {
    it('keeps what has arrived, and the download goes on from there', async () => {
      const world = createDownloadWorld(QUICK, disk);
      const server = await startModelServer(CONTENT);
      const filler = path.join(disk, 'filler');
      try {
        server.fault = { kind: 'slow', bytes: 20_000 };
        world.downloads.start(world.job([server.url], CONTENT));
        await world.until(([entry]) => (entry?.doneBytes ?? 0) > 300_000);
        writeFileSync(filler, Buffer.alloc(4_500_000));
        expect(await world.ended('model')).toMatchObject({ failure: { code: 'disk-full' } });
        rmSync(filler);
        server.fault = { kind: 'none' };
        expect(await world.fetch(world.job([server.url], CONTENT))).toBe('done');
        expect(world.file()?.equals(CONTENT)).toBe(true);
        const start = Number(/\d+/.exec(server.requests[1]?.range ?? '')?.[0]);
        expect(start).toBeGreaterThan(300_000);
      } finally {
        await world.downloads.dispose();
        await world.children.dispose();
        await server.close();
        execFileSync('umount', [disk]);
        rmSync(disk, { recursive: true });
      }
    });
  }

  it('is told as such by the system itself', async () => {
    // The kernel's own full device, for accounts that may not mount anything.
    const full = await systemDisk.open('/dev/full');
    const written = full.write(new Uint8Array(4096), 0);
    const error = await written.then(() => null, toAppError);
    expect(error).toMatchObject({ code: 'disk-full' });
    await full.close();
  });
});

describe('a proxy', () => {
  it('is asked for what leaves this computer, and is not for what does not', async () => {
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const server = await startModelServer(CONTENT);
    const { port } = proxy.address() as AddressInfo;
    const transport = createHttpTransport({
      proxy: { url: `http://127.0.0.1:${port}`, except: '' },
    });
    const { signal } = new AbortController();
    await expect(transport.get('https://models.example/a', {}, signal)).rejects.toMatchObject({
      kind: 'interrupted',
    });
    expect(asked).toEqual(['models.example:443']);
    const answer = await transport.get(server.url, {}, signal);
    expect(answer.head.status).toBe(200);
    answer.close();
    expect(asked).toHaveLength(1);
    await server.close();
    await new Promise((resolve) => proxy.close(resolve));
  });
});

describe('a line that breaks off', () => {
  it('loses none of the bytes that came over it', async () => {
    const server = await startModelServer(CONTENT);
    server.faults.push({ kind: 'truncated', afterBytes: 123_456 });
    const transport = createHttpTransport({ proxy: null });
    const answer = await transport.get(server.url, {}, new AbortController().signal);
    let bytes = 0;
    const reading = (async () => {
      for await (const chunk of answer.body) bytes += chunk.length;
    })();
    await expect(reading).rejects.toMatchObject({ kind: 'interrupted' });
    expect(bytes).toBe(123_456);
    await server.close();
  });
});
