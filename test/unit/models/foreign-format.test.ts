import { describe, expect, it } from 'vitest';
import { readGgufHeader } from '../../../electron/models/gguf-reader.ts';
import { countingReader } from '../../fixtures/small-gguf.ts';

function safetensors(): Buffer {
  const json = '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, Buffer.from(json), Buffer.alloc(4)]);
}

const ONNX = Buffer.from([0x08, 0x08, 0x12, 0x0d, ...Buffer.from('onnx.quantize'), 0x3a, 0x10]);

async function failureOf(bytes: Buffer): Promise<unknown> {
  return readGgufHeader(countingReader(bytes).readAt, bytes.length).catch(
    (error: unknown) => error,
  );
}

describe('a file in another format', () => {
  it.each([
    ['safetensors', safetensors(), 'safetensors'],
    ['a PyTorch ZIP', Buffer.from('PK\x03\x04\x00\x00archive/data.pkl'), 'PyTorch'],
    ['a pickle', Buffer.from([0x80, 0x02, 0x8a, 0x0a]), 'pickle'],
    ['ONNX', ONNX, 'ONNX'],
    ['GGML of old', Buffer.from('tjgg\x03\x00\x00\x00'), 'before GGUF'],
    ['a web page', Buffer.from('\n<!DOCTYPE html><html><body>Sign in</body></html>'), 'web page'],
    [
      'a Git LFS pointer',
      Buffer.from('version https://git-lfs.example/spec/v1\noid sha256:00\n'),
      'Git LFS',
    ],
    ['JSON', Buffer.from('{\n  "architectures": ["Llama"]\n}'), 'JSON'],
    ['gzip', Buffer.from([0x1f, 0x8b, 0x08, 0]), 'unpack'],
    [
      'tar',
      Buffer.concat([
        Buffer.from('model/').subarray(0, 6),
        Buffer.alloc(251),
        Buffer.from('ustar'),
      ]),
      'tar',
    ],
  ])('is named: %s', async (_, bytes, words) => {
    const failure = await failureOf(bytes);
    expect(failure).toMatchObject({ code: 'model-foreign' });
    expect(failure).toHaveProperty('details', expect.stringContaining(words));
  });

  it('is refused without a guess when nothing is known about it', async () => {
    const failure = await failureOf(Buffer.from('once upon a time'));
    expect(failure).toMatchObject({ code: 'model-foreign', details: undefined });
  });

  it('is an unfinished download when it is empty or all zeros', async () => {
    expect(await failureOf(Buffer.alloc(0))).toMatchObject({ code: 'model-truncated' });
    expect(await failureOf(Buffer.alloc(4096))).toMatchObject({ code: 'model-truncated' });
  });

  it('is unsupported when it is GGUF with its bytes the other way round', async () => {
    expect(await failureOf(Buffer.from('FUGG\0\0\0\x03'))).toMatchObject({
      code: 'model-unsupported',
    });
  });
});
