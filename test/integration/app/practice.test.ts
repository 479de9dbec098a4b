/** The practice network as the window uses it: real chain, real neighbour, real engines, real sockets. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAddress } from 'viem';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DesktopApp } from '../../../electron/app/compose-desktop.ts';
import { readPracticeInfo } from '../../../electron/app/practice-info.ts';
import { messageSchema, type Snapshot } from '../../../electron/ipc/snapshot.ts';
import { toAppError } from '../../../electron/platform/app-error.ts';
import { createDesktop, type RunningDesktop } from '../../fakes/desktop.ts';

let folder: string;
const running: RunningDesktop[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lull-practice-'));
});
afterEach(async () => {
  for (const desktop of running.splice(0)) await desktop.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function start(name: string, changes?: Parameters<typeof createDesktop>[1]): RunningDesktop {
  const desktop = createDesktop(join(folder, name), changes);
  running.push(desktop);
  return desktop;
}

function until(app: DesktopApp, holds: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
  return new Promise((resolve) => {
    const look = (): void => {
      const snapshot = app.node.hub.snapshot();
      if (!holds(snapshot)) return;
      stop();
      resolve(snapshot);
    };
    const stop = app.node.hub.onPatch(look);
    queueMicrotask(look);
  });
}

async function answerOf(desktop: RunningDesktop, text: string) {
  const { answer } = desktop.app.chat.send(null, text, 'network');
  await until(desktop.app, () =>
    desktop.news.some((event) => event.type === 'end' && event.message.id === answer.id),
  );
  const end = desktop.news.find((event) => event.type === 'end' && event.message.id === answer.id);
  if (end?.type !== 'end') throw new Error('no end');
  return end.message;
}

function codeOf(error: unknown): string {
  return toAppError(error).code;
}

describe('practice network', () => {
  it('invites nobody by what a copy that was killed left behind', () => {
    mkdirSync(join(folder, 'again'));
    const left = join(folder, 'again', 'practice.json');
    writeFileSync(left, '{}');
    start('again');
    expect(existsSync(left)).toBe(false);
  });

  it('costs nothing until it is asked for', async () => {
    const { app, children } = start('quiet');
    await app.start();
    await app.node.preparation.ready();
    expect(app.node.hub.snapshot().network.state).toBe('off');
    // Nor does looking at what was earned start the process that holds the keys.
    expect(app.node.books().totals.ever().supplier.relays).toBe(0);
    expect(children.processes).toHaveLength(0);
  });

  it('answers a chat, shows the price before, and keeps a receipt that verifies', async () => {
    const desktop = start('owner');
    const { app } = desktop;
    await app.start();
    const price = await app.price([{ role: 'user', text: 'What is the capital of France?' }]);
    expect(price.most).toBeGreaterThan(price.typical - 1n);
    const message = await answerOf(desktop, 'What is the capital of France?');
    expect(message).toMatchObject({ state: 'complete', text: 'The capital of France is Paris.' });
    const served = message.stats?.served;
    if (!served) throw new Error('nobody served it');
    expect(served.supplier).toBe(price.supplier);
    expect(served.charged).toBeGreaterThan(0n);
    expect(served.charged).toBeLessThanOrEqual(served.most);
    const ref = `0x${served.ref.slice(2)}` as const;
    expect(app.receipts.checks(ref).every(({ outcome }) => outcome === 'ok')).toBe(true);
    expect(app.receipts.view(ref).line.charged).toBe(served.charged);
    const { network } = await until(app, ({ earnings }) => earnings.spent === served.charged);
    expect(network.state).toBe('ready');
    const { wallet } = app.node.hub.snapshot();
    expect(wallet.keptIn).toBe('file');
    expect(wallet.accounts.map(({ role }) => role)).toEqual(['owner', 'supplier', 'relay']);
    for (const { address } of wallet.accounts)
      expect(isAddress(address, { strict: true })).toBe(true);
    // The chat is read back from disk with its amounts.
    const { messages } = app.chat.open(message.conversationId);
    expect(messages.at(-1)?.stats?.served).toEqual(served);
  });

  it('earns: the neighbour asks ten questions, the chain pays, and all of it outlives a restart', async () => {
    const first = start('earner');
    await first.app.start();
    first.app.earning.trial.start();
    const tried = await until(
      first.app,
      ({ earnings }) =>
        (earnings.trial.state === 'done' || earnings.trial.state === 'failed') &&
        (earnings.relaysServed === 10 || earnings.trial.state === 'failed'),
    );
    expect(tried.earnings.trial).toMatchObject({ state: 'done', asked: 10, failure: null });
    const { earned } = tried.earnings;
    expect(earned).toBeGreaterThan(0n);
    expect(tried.earnings.redeemed).toBe(0n);
    await first.app.earning.collect();
    const { earnings } = await until(first.app, (now) => now.earnings.redeemed === earned);
    expect(earnings.recent.filter(({ role }) => role === 'supplier')).toHaveLength(10);
    expect(earnings.recent.every(({ isRedeemed }) => isRedeemed)).toBe(true);
    const line = earnings.recent[0];
    if (!line) throw new Error('no line');
    const view = first.app.receipts.view(`0x${line.ref.slice(2)}`);
    expect(view.transaction).toBe(earnings.collect.transaction);
    await first.dispose();
    running.splice(running.indexOf(first), 1);

    const again = start('earner');
    await again.app.start();
    await until(again.app, (now) => now.earnings.redeemed === earned);
    // The chain is the same one, with the same money on it.
    await again.app.practice.open();
    const market = await again.app.node.market();
    expect(await market.reader.creditOf(market.owner.address)).toBe(earned);
    await again.app.earning.collect();
    expect(await market.reader.creditOf(market.owner.address)).toBe(earned);
  });

  it('stops a question while the network still starts, and keeps a chat that can be opened', async () => {
    const desktop = start('hasty');
    const { app } = desktop;
    await app.start();
    const { answer, conversation } = app.chat.send(null, 'Hi', 'network');
    app.chat.stop(answer.id);
    await vi.waitFor(() => {
      expect(desktop.news.some((event) => event.type === 'end')).toBe(true);
    });
    // Nothing is waited for that nobody wants any more.
    expect(app.node.hub.snapshot().network.state).toBe('starting');
    const { messages } = app.chat.open(conversation.id);
    expect(messages.at(-1)).toMatchObject({ state: 'stopped', stats: { served: null } });
    expect(messages.map((message) => messageSchema.safeParse(message).success)).toEqual([
      true,
      true,
    ]);
  });

  it('asks again after the process with the sockets died, and the one that knew the way with it', async () => {
    const desktop = start('bereft');
    const { app, children } = desktop;
    await app.start();
    const turns = [{ role: 'user', text: 'Hi' }] as const;
    await app.price(turns);
    const [edge] = children.processes.filter(({ spawnargs }) =>
      spawnargs.some((arg) => arg.endsWith('edge-process.ts')),
    );
    const lost = new Promise<void>((resolve) => {
      app.node.onPeersLost(resolve);
    });
    edge?.kill('SIGKILL');
    await lost;
    await vi.waitFor(() => app.price(turns), { timeout: 30_000, interval: 250 });
    const message = await answerOf(desktop, 'What is the capital of France?');
    expect(message).toMatchObject({ state: 'complete', text: 'The capital of France is Paris.' });
    expect(app.node.hub.snapshot().network.state).toBe('ready');
  });

  it('stops the trial when it is told to, and does not serve afterwards', async () => {
    const { app } = start('stopper');
    await app.start();
    app.earning.trial.start();
    await until(app, ({ earnings }) => earnings.trial.asked >= 1);
    app.earning.trial.stop();
    const { earnings } = await until(app, (now) => now.earnings.trial.state !== 'running');
    expect(earnings.trial.state).toBe('idle');
    expect((await app.node.market()).supplier.card().serving).toBe(false);
  });

  it('serves another copy of Lull that joins', async () => {
    const host = start('host', { presence: 'always', opensChain: true });
    await host.app.start();
    const infoPath = join(folder, 'host', 'practice.json');
    await vi.waitFor(() => {
      expect(existsSync(infoPath)).toBe(true);
    }, 30_000);
    // Its engine is tested before it answers strangers.
    await until(host.app, ({ status }) => status.mode === 'serving');
    const guest = start('guest', { joined: readPracticeInfo(infoPath) });
    await guest.app.start();
    const message = await answerOf(guest, 'What is the capital of France?');
    expect(message).toMatchObject({ state: 'complete', text: 'The capital of France is Paris.' });
    const charged = message.stats?.served?.charged ?? 0n;
    expect(message.stats?.served?.supplier).toBe(
      (await host.app.node.market()).supplierKey.address,
    );
    await until(host.app, ({ earnings }) => earnings.earned === charged);
    await host.app.earning.collect();
    const market = await host.app.node.market();
    expect(await market.reader.creditOf(market.owner.address)).toBe(charged);
  });

  it('leaves everything else working when the ledger is damaged, and touches nothing of it', async () => {
    mkdirSync(join(folder, 'broken'));
    const path = join(folder, 'broken', 'ledger.sqlite');
    const junk = 'this is no database, and long enough to look like the head of one '.repeat(40);
    writeFileSync(path, junk);
    const desktop = start('broken');
    const { app } = desktop;
    await app.start();
    const { network, notices } = await until(app, (now) => now.network.state === 'failed');
    expect(network).toMatchObject({ state: 'failed', failure: { code: 'ledger-unusable' } });
    expect(notices.map(({ failure }) => failure.code)).toContain('ledger-unusable');
    const { answer } = app.chat.send(null, 'What is the capital of France?', 'local');
    await vi.waitFor(() => {
      expect(desktop.news.some((news) => news.type === 'end')).toBe(true);
    }, 60_000);
    const end = desktop.news.find((news) => news.type === 'end');
    expect(end?.type === 'end' && end.message.id === answer.id && end.message.text).toBe(
      'The capital of France is Paris.',
    );
    const code = await app.price([]).then(() => null, codeOf);
    expect(code).toBe('ledger-unusable');
    expect(readFileSync(path, 'utf8')).toBe(junk);
  });

  it('keeps what it knows when its keys are damaged, and signs nothing', async () => {
    mkdirSync(join(folder, 'keyless'));
    const path = join(folder, 'keyless', 'practice-keys.json');
    writeFileSync(path, '{ "version": 1 }', { mode: 0o600 });
    const { app } = start('keyless');
    await app.start();
    await app.node.preparation.ready();
    expect(await app.price([]).then(() => null, codeOf)).toBe('keys-unusable');
    const { network, notices } = await until(app, (now) => now.network.state === 'failed');
    expect(network.failure?.details).toContain(path);
    expect(notices.map(({ failure }) => failure.code)).toEqual(['keys-unusable']);
    expect([...app.node.books().ledger.all()]).toEqual([]);
    expect(readFileSync(path, 'utf8')).toBe('{ "version": 1 }');
    // Mended, it is used without a new start.
    rmSync(path);
    expect((await app.node.market()).keptIn).toBe('file');
  });

  it('says why when its chain is not there', async () => {
    const guest = start('alone', {
      joined: {
        rpcUrl: 'http://127.0.0.1:9',
        bootstrapPort: 9,
        peerKey: `0x${'11'.repeat(32)}`,
      },
    });
    await guest.app.start();
    const failure = await guest.app.price([{ role: 'user', text: 'Hi' }]).then(() => null, codeOf);
    expect(failure).toMatch(/^(chain|peer|network)-/);
    expect(guest.app.node.hub.snapshot().network).toMatchObject({ state: 'failed' });
  });
});
