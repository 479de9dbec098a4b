/** Which computers could use CUDA, by the files on them. */
import { describe, expect, test } from 'vitest';
import { findCuda, type ComputerFiles } from '../../../electron/models/cuda-runtime.ts';
import { cudaPins, neededPins } from '../../../electron/models/packs.ts';

const DRIVER = ['/usr/lib/x86_64-linux-gnu/libcuda.so.1', '/proc/driver/nvidia/version'];
const CUDA = '/usr/local/cuda/targets/x86_64-linux/lib';
const CONFIGS = {
  '/etc/ld.so.conf': 'include /etc/ld.so.conf.d/*.conf\n',
  '/etc/ld.so.conf.d/000_cuda.conf': `# by the installer\n${CUDA}\n`,
};

function runtime(major: number, folder = CUDA): readonly string[] {
  return ['libcudart', 'libcublas', 'libcublasLt'].map((name) => `${folder}/${name}.so.${major}`);
}

function computer(
  there: readonly string[],
  changes: Partial<Pick<ComputerFiles, 'platform' | 'env'>> = {},
  texts: Readonly<Record<string, string>> = CONFIGS,
): ComputerFiles {
  return {
    platform: 'linux',
    env: {},
    exists: (file) => there.includes(file),
    read: (file) => texts[file] ?? null,
    names: (folder) =>
      Object.keys(texts)
        .filter((file) => file.startsWith(`${folder}/`))
        .map((file) => file.slice(folder.length + 1)),
    ...changes,
  };
}

describe('on Linux', () => {
  test('a driver and CUDA 13 where the loader is set to look are enough', () => {
    const files = computer([...DRIVER, ...runtime(13)]);
    expect(findCuda(files)).toEqual({ hasCard: true, runtime: 13 });
  });

  test('the newer one is taken of two, and only a complete one', () => {
    const [first = '', ...others] = runtime(13);
    expect(findCuda(computer([...DRIVER, ...runtime(12), ...runtime(13)])).runtime).toBe(13);
    expect(findCuda(computer([...DRIVER, ...runtime(12), ...others])).runtime).toBe(12);
    expect(findCuda(computer([...DRIVER, first])).runtime).toBeNull();
  });

  test('CUDA that the loader does not find is none, unless the environment names it', () => {
    const folder = '/home/somebody/cuda/lib';
    const there = [...DRIVER, ...runtime(13, folder)];
    expect(findCuda(computer(there))).toEqual({ hasCard: true, runtime: null });
    const env = { LD_LIBRARY_PATH: `/elsewhere:${folder}` };
    expect(findCuda(computer(there, { env })).runtime).toBe(13);
  });

  test.each(['/dev/nvidiactl', '/dev/dxg'])('a card is there as well with %s', (device) => {
    expect(findCuda(computer(['/lib/libcuda.so.1', device])).hasCard).toBe(true);
  });

  test('neither a library without a card nor a card without the library is one', () => {
    const [library = '', card = ''] = DRIVER;
    expect(findCuda(computer([library])).hasCard).toBe(false);
    expect(findCuda(computer([card])).hasCard).toBe(false);
  });

  test('configurations that name each other come to an end', () => {
    const texts = { '/etc/ld.so.conf': 'include /etc/ld.so.conf\ninclude ld.so.conf' };
    expect(findCuda(computer([], {}, texts))).toEqual({ hasCard: false, runtime: null });
  });
});

describe('on Windows', () => {
  const SYSTEM = 'C:\\Windows\\System32';
  const names = (folder: string, major: number) =>
    ['cudart64', 'cublas64', 'cublasLt64'].map((name) => `${folder}\\${name}_${major}.dll`);

  test('the driver and CUDA on the path or in its own folder are found', () => {
    const driver = `${SYSTEM}\\nvcuda.dll`;
    const env = {
      SystemRoot: 'C:\\Windows',
      PATH: 'D:\\tools;D:\\cuda12',
      CUDA_PATH: 'D:\\cuda13',
    };
    const look = (there: readonly string[]) =>
      findCuda(computer([driver, ...there], { platform: 'win32', env }));
    expect(look([])).toEqual({ hasCard: true, runtime: null });
    expect(look(names('D:\\cuda12', 12)).runtime).toBe(12);
    expect(look(names('D:\\cuda13\\bin', 13)).runtime).toBe(13);
    expect(look(names('D:\\cuda13\\bin\\x64', 13)).runtime).toBe(13);
    expect(findCuda(computer([], { platform: 'win32', env })).hasCard).toBe(false);
  });
});

test('elsewhere there is no CUDA', () => {
  const files = computer([...DRIVER, ...runtime(13)], { platform: 'darwin' });
  expect(findCuda(files)).toEqual({ hasCard: false, runtime: null });
});

describe('the pins', () => {
  test('are two for each system that has them, of the version that the engine has', async () => {
    const manifest = await import('../../../package.json', { with: { type: 'json' } });
    const { dependencies } = manifest.default;
    for (const platform of ['linux', 'win32'] as const) {
      const pins = cudaPins(platform, 'x64');
      expect(pins).toHaveLength(2);
      for (const pin of pins) {
        expect(pin.version).toBe(dependencies['node-llama-cpp']);
        expect(pin.integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
        expect(pin.sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(new URL(pin.url).protocol).toBe('https:');
        expect(pin.url).toContain(`${pin.name}-${pin.version}.tgz`);
      }
    }
    expect(cudaPins('linux', 'arm64')).toEqual([]);
    expect(cudaPins('darwin', 'arm64')).toEqual([]);
  });

  test('of CUDA 12 need those of 13 beside them', () => {
    const pins = cudaPins('linux', 'x64');
    const names = (major: 12 | 13) => neededPins(pins, major).map(({ name }) => name);
    expect(names(13)).toEqual(['linux-x64-cuda']);
    expect(names(12)).toEqual(['linux-x64-cuda', 'linux-x64-cuda-ext']);
  });
});
