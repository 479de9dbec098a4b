import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHubClient } from '../../../electron/models/hub-client.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { HUB_REVISION, startFakeHub, type FakeHub } from '../../fakes/fake-hub.ts';
import { createForkedChildren, type ForkedChildren } from '../../fakes/fork-child.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const FILES = new Map([
  ['somebody/Tiny-GGUF/tiny-Q4_K_M.gguf', Buffer.from('one')],
  ['somebody/Tiny-GGUF/README.md', Buffer.from('read me')],
  ['another/Tiny-GGUF/q8/tiny-Q8_0.gguf', Buffer.from('two')],
]);

let hub: FakeHub;
let children: ForkedChildren;

beforeEach(async () => {
  hub = await startFakeHub(FILES);
  children = createForkedChildren('models');
});

afterEach(async () => {
  await children.dispose();
  await hub.dispose();
});

describe('a search of the model hub', () => {
  it('finds files with hash and address, in a process that ends with it', async () => {
    const found = await client().search('tiny');
    expect(found.map(({ fileName, quantisation }) => [fileName, quantisation])).toEqual([
      ['tiny-Q4_K_M.gguf', 'Q4_K_M'],
      ['tiny-Q8_0.gguf', 'Q8_0'],
    ]);
    expect(found[1]?.url).toBe(
      `${hub.url}another/Tiny-GGUF/resolve/${HUB_REVISION}/q8/tiny-Q8_0.gguf`,
    );
    const [child] = children.processes;
    await new Promise((resolve) => child?.once('exit', resolve));
    expect(children.processes).toHaveLength(1);
  });

  it('asks nobody before it is asked', async () => {
    client();
    expect(hub.asked).toEqual([]);
    expect(children.processes).toEqual([]);
    await client().search('nothing like it');
    expect(hub.asked).toHaveLength(1);
  });

  it.each<readonly [string, Parameters<FakeHub['answerWith']>[0], RegExp]>([
    ['is busy', (response) => response.writeHead(429).end(), /status 429/],
    ['speaks nonsense', (response) => response.end('<html>'), /could not be asked/],
    [
      'sends elsewhere',
      (response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
      /another server/,
    ],
    [
      'redirects without end',
      (response) => response.writeHead(302, { location: '/again' }).end(),
      /without end/,
    ],
    [
      'never stops talking',
      (response) => {
        response.write(' '.repeat(1024));
        const more = (): void => {
          if (!response.destroyed) response.write(' '.repeat(256 * 1024), more);
        };
        more();
      },
      /too long/,
    ],
    ['breaks off', (response) => response.socket?.destroy(), /could not be asked/],
  ])('fails when it %s', async (_what, answer, details) => {
    hub.answerWith(answer);
    await expect(client().search('tiny')).rejects.toMatchObject({
      code: 'hub-unreachable',
      details: expect.stringMatching(details) as unknown,
    });
  });

  it('fails when nobody listens', async () => {
    await hub.dispose();
    await expect(client().search('tiny')).rejects.toMatchObject({ code: 'hub-unreachable' });
  });

  it('ends when it is silent, when another begins, and with Lull', async () => {
    hub.answerWith(() => undefined);
    const clock = createManualClock();
    const silent = createHubClient({ spawn: children.spawn, clock }, hub.url);
    const first = silent.search('tiny');
    const second = silent.search('tiny');
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    clock.advance(60_000);
    await expect(second).rejects.toMatchObject({ code: 'hub-unreachable' });
    const third = silent.search('tiny');
    silent.dispose();
    await expect(third).rejects.toMatchObject({ code: 'cancelled' });
  });
});

function client() {
  return createHubClient({ spawn: children.spawn, clock: systemClock }, hub.url);
}
