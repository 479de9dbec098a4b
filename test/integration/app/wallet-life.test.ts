/** The owner's practice money over the life of the app: signed in the keyring's process, and left as it was put. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createDesktop } from '../../fakes/desktop.ts';

it('takes out of the stake what was confirmed, and leaves it out after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lull-wallet-life-'));
  const first = createDesktop(folder);
  let again: ReturnType<typeof createDesktop> | null = null;
  try {
    const { wallet, node } = first.app;
    await wallet.refresh();
    const before = node.hub.snapshot().wallet.balances;
    const part = (before?.staked ?? 0n) / 4n;
    expect(part).toBeGreaterThan(0n);
    const intent = await wallet.prepare('thaw', part);
    const { transaction } = await wallet.confirm(intent.id);
    expect(transaction).toMatch(/^0x[0-9a-f]{64}$/);
    expect(node.hub.snapshot().wallet.balances?.thawing).toBe(part);
    await first.dispose();

    again = createDesktop(folder);
    await again.app.wallet.refresh();
    const after = again.app.node.hub.snapshot().wallet.balances;
    expect(after).toMatchObject({ staked: before?.staked, thawing: part });
    expect(after?.available).toBe(before?.available);
  } finally {
    await first.dispose();
    await again?.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
});
