/** The packs that Lull can fetch: each pinned to one version, one size and one hash. */

/** One package of a pack, as the registry serves it. */
export interface PackPin {
  /** `<system>-<processor>-<backend>`, as the engine asks for it. */
  readonly name: string;
  readonly version: string;
  readonly url: string;
  /** Of the tarball. */
  readonly sizeBytes: number;
  /** Of the tarball, 64 hex digits. */
  readonly sha256: string;
  /** Of the tarball, as its publisher's registry names it. */
  readonly integrity: string;
  /** Of all files in it together. */
  readonly unpackedBytes: number;
  readonly fileCount: number;
}

/** CUDA's own library must be of the same number as the package was made for. */
export type CudaMajor = 12 | 13;

export const CUDA_PACK_ID = 'pack:cuda';

/** The engine takes binaries of exactly its own version. */
const VERSION = '3.21.1';

type Pin = Omit<PackPin, 'version' | 'url'>;

const PINS: readonly Pin[] = [
  {
    name: 'linux-x64-cuda',
    sizeBytes: 142_850_036,
    sha256: '499b4012541cb3e01b3d35e18e7dd2dc546174979494b02dbcc0a6667ed6b7d9',
    integrity:
      'sha512-idsE55VoD/FbvLhnBC9krUJaUoC0XnebseAAnCpm/brKf61HEbu+idgbb5eN6mxkjLSrHtILprJ0nDcUJjVrFg==',
    unpackedBytes: 188_693_843,
    fileCount: 25,
  },
  {
    name: 'linux-x64-cuda-ext',
    sizeBytes: 176_679_086,
    sha256: 'f0129449651b4521254d69876778563be8b5c87b27c76abf122eb66ad208aa1f',
    integrity:
      'sha512-1PuURowccBcks3CCoMe1mTHh5vD0V5bFHMUEgtbI/OSDjpP+Pdbn+lf42CGUrepTzR8kCH1HovQ7d8q6/vuIKA==',
    unpackedBytes: 374_197_990,
    fileCount: 5,
  },
  {
    name: 'win-x64-cuda',
    sizeBytes: 138_542_727,
    sha256: '7824fb3d391d32194f3ee537d70ab3e334030cca71a85b855c368f36b251dc83',
    integrity:
      'sha512-PLz70neFEMkQTlmJqG1ujUtCSgHasLPMxQ9rLkqQVmZYAXqkRj+45TIHCjdn3XqUeaoun0vrO9rRaxZ8NVq9jg==',
    unpackedBytes: 175_510_346,
    fileCount: 22,
  },
  {
    name: 'win-x64-cuda-ext',
    sizeBytes: 175_417_684,
    sha256: 'db173b0a095b0c297549c74dd8963eb7127e84b1629c0e4ce9ee4f653f6f9f82',
    integrity:
      'sha512-L2MxLVEYPDDe4O8EDWPmX6brldc9+Vt9hNoT/anj3pSnmrjkQcmaoKhHs6oP5qhEhb5Uog0rj6lgzNGtJO3p9Q==',
    unpackedBytes: 367_830_717,
    fileCount: 5,
  },
];

const SYSTEMS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: 'linux',
  win32: 'win',
};

/** Every package that a computer of this kind could use; none where there is no CUDA. */
export function cudaPins(platform: NodeJS.Platform, arch: string): readonly PackPin[] {
  const system = SYSTEMS[platform];
  if (system === undefined) return [];
  const name = `${system}-${arch}-cuda`;
  return PINS.filter((pin) => pin.name === name || pin.name === `${name}-ext`).map(withPlace);
}

/**
 * What has to be there for CUDA of that number. The package for 12 holds nothing but what differs, so it needs the
 * other one beside it.
 */
export function neededPins(pins: readonly PackPin[], major: CudaMajor): readonly PackPin[] {
  return major === 12 ? pins : pins.filter(({ name }) => !name.endsWith('-ext'));
}

function withPlace(pin: Pin): PackPin {
  const file = `${pin.name}-${VERSION}.tgz`;
  const url = `https://registry.npmjs.org/@node-llama-cpp/${pin.name}/-/${file}`;
  return { ...pin, version: VERSION, url };
}
