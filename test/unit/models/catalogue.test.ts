import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCatalogue, readCatalogue } from '../../../electron/models/catalogue.ts';
import type { CatalogueModel } from '../../../electron/models/catalogue-schema.ts';

const RESOURCES = path.resolve(import.meta.dirname, '../../../resources');
const SHIPPED = readFileSync(path.join(RESOURCES, 'models.json'));
const SIGNATURE = readFileSync(path.join(RESOURCES, 'models.json.sig'), 'utf8');
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const OWN_KEY = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');

describe('the catalogue that ships', () => {
  it('carries the signature of its publisher', () => {
    const models = readCatalogue(RESOURCES);
    expect(models.length).toBeGreaterThanOrEqual(6);
    expect(models.length).toBeLessThanOrEqual(9);
  });

  it('offers from half a billion to fourteen billion parameters, each with a hash of its own', () => {
    const models = readCatalogue(RESOURCES);
    const sizes = models.map(({ parameterCount }) => parameterCount / 1e9);
    expect(Math.min(...sizes)).toBeCloseTo(0.5, 1);
    expect(Math.max(...sizes)).toBeGreaterThan(13);
    const hashes = models.flatMap(({ sha256 }) => sha256 ?? []);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('names by commit what it fetches from the hub', () => {
    for (const { source } of readCatalogue(RESOURCES)) {
      if (source.kind !== 'file') continue;
      expect(source.urls[0]).toContain(`/${source.hub.revision}/`);
      expect(source.urls[0]).toContain(source.hub.repository);
    }
  });

  it('has the model of two npm packages, whose parts are all of it', () => {
    const packaged = readCatalogue(RESOURCES).filter(({ source }) => source.kind === 'npm');
    expect(packaged.map(partBytes)).toEqual([[161_295_856, 161_295_856]]);
    expect(packaged[0]?.sizeBytes).toBe(322_591_712);
  });
});

describe('a damaged catalogue', () => {
  it('is refused, whichever byte was changed', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: SHIPPED.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, change) => {
          const changed = Uint8Array.from(SHIPPED);
          changed[at] = (changed[at] ?? 0) ^ change;
          expect(() => openCatalogue(changed, SIGNATURE)).toThrow(damaged());
        },
      ),
    );
  });

  it.each([
    ['an empty signature', ''],
    ['half a signature', SIGNATURE.slice(0, 40)],
    ['no base64', '!!'],
    ['a signature of something else', sign(null, Buffer.from('x'), privateKey).toString('base64')],
  ])('is refused with %s', (_what, signature) => {
    expect(() => openCatalogue(SHIPPED, signature)).toThrow(damaged());
  });

  it('is refused when another publisher signed it', () => {
    const signature = sign(null, SHIPPED, privateKey).toString('base64');
    expect(() => openCatalogue(SHIPPED, signature)).toThrow(damaged());
    expect(openCatalogue(SHIPPED, signature, OWN_KEY).length).toBeGreaterThan(0);
  });

  it('is refused when it is not there', () => {
    expect(() => readCatalogue(path.join(RESOURCES, 'icons'))).toThrow(damaged());
  });
});

describe('a signed catalogue that says too much', () => {
  const [first] = readCatalogue(RESOURCES).filter(({ source }) => source.kind === 'file');
  const [packaged] = readCatalogue(RESOURCES).filter(({ source }) => source.kind === 'npm');

  it.each<readonly [string, unknown]>([
    ['unknown keys', { version: 1, models: [{ ...first, extra: 1 }] }],
    ['a file name that leads elsewhere', { version: 1, models: [{ ...first, fileName: '../x' }] }],
    ['a name that is a device', { version: 1, models: [{ ...first, fileName: 'aux.x.gguf' }] }],
    ['a model twice', { version: 1, models: [first, first] }],
    ['another version', { version: 2, models: [first] }],
    ['an address without encryption', { version: 1, models: [withUrl(first, 'http://a.b/c')] }],
    ['an address with a password', { version: 1, models: [withUrl(first, 'https://u:p@a.b/c')] }],
    ['a half hash', { version: 1, models: [{ ...first, sha256: 'ab' }] }],
    ['parts that are not all of it', { version: 1, models: [{ ...packaged, sizeBytes: 7 }] }],
    ['a package without a hash', { version: 1, models: [{ ...packaged, sha256: null }] }],
    ['nothing', { version: 1, models: [] }],
  ])('is refused for %s', (_what, content) => {
    expect(() => openSigned(content, privateKey)).toThrow(damaged());
  });

  it('may leave a hash to the hub', () => {
    const [model] = openSigned({ version: 1, models: [{ ...first, sha256: null }] }, privateKey);
    expect(model?.sha256).toBeNull();
  });
});

function openSigned(content: unknown, key: KeyObject): readonly CatalogueModel[] {
  const bytes = Buffer.from(JSON.stringify(content));
  return openCatalogue(bytes, sign(null, bytes, key).toString('base64'), OWN_KEY);
}

function withUrl(model: CatalogueModel | undefined, url: string): unknown {
  return { ...model, source: { ...model?.source, urls: [url] } };
}

function partBytes({ source }: CatalogueModel): readonly number[] {
  return source.kind === 'npm' ? source.parts.map(({ sizeBytes }) => sizeBytes) : [];
}

function damaged(): unknown {
  return expect.objectContaining({ code: 'catalogue-damaged' });
}
