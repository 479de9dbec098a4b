/** The published vectors are what viem makes of the same fields, and what the contract makes of them. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { recoverAddress, zeroHash, type Hex } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { actor, deployHub, type HubFixture } from './hub-fixture.ts';
import { signDigest, voucherDigest, keyGrantDigest, NO_END } from './hub-typed-data.ts';
import { buildVectors, vectorText } from './protocol-vectors.ts';

const FILE = resolve(import.meta.dirname, '../../fixtures/protocol-vectors.json');
const hex = z.custom<Hex>((value) => /^0x([0-9a-f]{2})*$/i.test(String(value)));
const place = { chainId: z.string(), hub: hex };
const signedSchema = z.array(z.object({ ...place, digest: hex, privateKey: hex, signature: hex }));
const published = z.object({
  services: z.array(z.object({ ggufSha256: hex, source: hex, weightsHash: hex, id: hex })),
  sessions: z.array(
    z.object({
      ...place,
      application: hex,
      service: hex,
      epoch: z.coerce.number(),
      draw: z.coerce.number(),
      supplier: hex,
      price: z.coerce.bigint(),
      id: hex,
    }),
  ),
  vouchers: signedSchema,
  receipts: signedSchema,
  keyGrants: signedSchema,
});

let fixture: HubFixture;
beforeAll(async () => {
  fixture = await deployHub();
});

const read = () => published.parse(JSON.parse(readFileSync(FILE, 'utf8')));

describe('the published vectors', () => {
  it('are what their fields give', async () => {
    // Made anew by: vitest run test/integration/contracts/vectors.test.ts -u
    await expect(vectorText(await buildVectors(fixture.place))).toMatchFileSnapshot(FILE);
  });

  it('name services as the contract does', async () => {
    for (const { ggufSha256, source, weightsHash, id } of read().services) {
      if (BigInt(source) === 0n) continue;
      await fixture.hub.send(source, 'listModel', ggufSha256, weightsHash, 0, '');
      expect(await fixture.hub.read('model', id)).toMatchObject({ source });
    }
  });

  it('name sessions as the contract does', async () => {
    const own = read().sessions.filter(({ hub }) => hub === fixture.hub.address);
    expect(own.length).toBeGreaterThanOrEqual(5);
    for (const { application, service, epoch, draw, supplier, price, id } of own) {
      const fields = [application, service, epoch, draw, supplier, price];
      expect(await fixture.hub.read('sessionId', ...fields)).toBe(id);
    }
  });

  it('are signed in the compact form by the keys they name', async () => {
    const { vouchers, receipts, keyGrants } = read();
    const all = [...vouchers, ...receipts, ...keyGrants];
    expect(all.length).toBeGreaterThanOrEqual(15);
    for (const { digest, privateKey, signature } of all) {
      expect(signature).toHaveLength(2 + 128);
      const vs = BigInt(`0x${signature.slice(66)}`);
      const s = (vs & (2n ** 255n - 1n)).toString(16).padStart(64, '0');
      const v = vs >> 255n === 0n ? '1b' : '1c';
      const full: Hex = `0x${signature.slice(2, 66)}${s}${v}`;
      const signer = await recoverAddress({ hash: digest, signature: full });
      expect(signer).toBe(privateKeyToAddress(privateKey));
    }
  });
});

describe('the domain', () => {
  it('is the one that the contract tells', async () => {
    expect(await fixture.hub.read('eip712Domain')).toEqual([
      '0x0f',
      'Lull RelayHub',
      '1',
      BigInt(fixture.place.chainId),
      fixture.hub.address,
      zeroHash,
      [],
    ]);
  });

  it('and the digests are those under which it recovers a key', async () => {
    const { hub, place: here, chain } = fixture;
    const [app, key] = [actor(900), actor(901)];
    const deadline = BigInt(await chain.now()) + 600n;
    const [fromEpoch] = z
      .tuple([z.number(), z.number(), z.bigint()])
      .parse(await hub.read('grantTerms', app.address));
    const fields = { fromEpoch, untilEpoch: NO_END, nonce: 0n, deadline };
    const digest = keyGrantDigest(here, { application: app.address, key: key.address, ...fields });
    const { r, vs } = await signDigest(digest, key.key);
    await hub.send(app.address, 'grantHotKey', key.address, deadline, r, vs);
    expect(await hub.read('hotKeyOf', app.address)).toBe(key.address);
    expect(voucherDigest(here, { session: zeroHash, cumulative: 0n, ref: zeroHash })).not.toBe(
      voucherDigest({ ...here, chainId: 1 }, { session: zeroHash, cumulative: 0n, ref: zeroHash }),
    );
  });
});
