/** The queue in main, with a process that the test speaks for. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { DownloadJob, SavedDownloads } from '../../../electron/models/download-ports.ts';
import { DOWNLOAD_SILENCE_MS } from '../../../electron/models/download-session.ts';
import { createDownloads } from '../../../electron/models/downloads.ts';
import { createManualClock, type ManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { createScriptedChildren, type ScriptedChildren } from '../../fakes/scripted-child.ts';
import { quiet } from '../../fakes/settle.ts';

const SHA256 = 'ab'.repeat(32);

let clock: ManualClock;
let children: ScriptedChildren;
let saved: SavedDownloads;

beforeEach(() => {
  clock = createManualClock();
  children = createScriptedChildren();
  saved = [];
});

function job(id: string): DownloadJob {
  const sources = [{ kind: 'https' as const, url: `https://models.example/${id}` }];
  return { id, sources, sizeBytes: 1_000, sha256: SHA256, destination: `/models/${id}.gguf` };
}

function open() {
  const store = {
    read: () => saved,
    write: (next: SavedDownloads) => {
      saved = next;
    },
  };
  return createDownloads({ spawn: children.spawn, clock, log: createMemoryLog(), store });
}

/** Without pulses. */
function told(): readonly { readonly type: string; readonly run: number }[] {
  const messages = children.last.received as readonly { type: string; run: number }[];
  return messages.filter(({ type }) => type !== 'pulse');
}

function lastRun(): number {
  return told().at(-1)?.run ?? -1;
}

function progress(run: number, doneBytes: number): void {
  const rest = { totalBytes: 1_000, bytesPerSecond: 100, from: 'models.example' };
  children.last.say({ type: 'progress', run, phase: 'fetching', doneBytes, ...rest });
}

describe('downloads', () => {
  it('start no process while there is nothing to do', () => {
    open();
    expect(children.all).toHaveLength(0);
  });

  it('show how far one is and how long it takes', () => {
    const downloads = open();
    downloads.start(job('one'));
    progress(lastRun(), 400);
    expect(downloads.list()).toMatchObject([
      { state: 'running', doneBytes: 400, secondsLeft: 6, from: 'models.example' },
    ]);
  });

  it('tell what is done, take the next and end the process after the last', async () => {
    const downloads = open();
    const done: string[] = [];
    downloads.onDone((finished) => done.push(`${finished.job.id} ${finished.sha256}`));
    downloads.start(job('one'));
    downloads.start(job('two'));
    children.last.say({ type: 'done', run: lastRun(), sha256: SHA256 });
    expect(told().map(({ type }) => type)).toEqual(['fetch', 'fetch']);
    children.last.say({ type: 'done', run: lastRun(), sha256: SHA256 });
    await quiet();
    expect(done).toEqual([`one ${SHA256}`, `two ${SHA256}`]);
    expect(children.last.isAlive).toBe(false);
    expect(saved).toEqual([]);
  });

  it('wait for the process to stop before the next one begins', () => {
    const downloads = open();
    downloads.start(job('one'));
    downloads.start(job('two'));
    const run = lastRun();
    downloads.pause('one');
    expect(told().map(({ type }) => type)).toEqual(['fetch', 'stop']);
    children.last.say({ type: 'stopped', run });
    expect(told().map(({ type }) => type)).toEqual(['fetch', 'stop', 'fetch']);
    expect(downloads.list().map(({ state }) => state)).toEqual(['paused', 'running']);
  });

  it('end a process that does not stop', async () => {
    const downloads = open();
    downloads.start(job('one'));
    downloads.pause('one');
    clock.advance(10_000);
    await quiet();
    expect(children.last.isAlive).toBe(false);
    expect(downloads.list()).toMatchObject([{ state: 'paused' }]);
  });

  it('end a process that says nothing any more, and go on in another', async () => {
    open().start(job('one'));
    clock.advance(DOWNLOAD_SILENCE_MS + 10_000);
    await quiet();
    clock.advance(1_000);
    expect(children.all.length).toBeGreaterThan(1);
    expect(told()).toMatchObject([{ type: 'fetch' }]);
  });

  it.each([
    ['nonsense', 'hello'],
    ['a hash that is none', { type: 'done', run: 1, sha256: 'zz' }],
    ['a key too many', { type: 'stopped', run: 1, path: '/etc' }],
    ['a code that there is not', { type: 'failed', run: 1, code: 'oops', details: null }],
  ])('believe no process that says %s', async (_name, message) => {
    const downloads = open();
    downloads.start(job('one'));
    const [child] = children.all;
    child?.say(message);
    await quiet();
    expect(child?.isAlive).toBe(false);
    expect(downloads.list()).toMatchObject([{ state: 'waiting' }]);
  });

  it('give up after five deaths without progress, but not while there is some', () => {
    const downloads = open();
    downloads.start(job('one'));
    for (let death = 0; death < 10; death++) {
      progress(lastRun(), death * 10);
      progress(lastRun(), death * 10 + 5);
      children.last.exit(9);
      clock.advance(10_000);
    }
    expect(downloads.list()).toMatchObject([{ state: 'running' }]);
    for (let death = 0; death < 4; death++) {
      children.last.exit(9);
      clock.advance(10_000);
    }
    expect(downloads.list()).toMatchObject([
      { state: 'failed', failure: { code: 'download-failed' } },
    ]);
    expect(children.all).toHaveLength(14);
  });

  it('show a failure, and try again when asked', () => {
    const downloads = open();
    downloads.start(job('one'));
    const failure = { code: 'disk-full', details: null };
    children.last.say({ type: 'failed', run: lastRun(), ...failure });
    expect(downloads.list()).toMatchObject([{ state: 'failed', failure }]);
    downloads.start(job('one'));
    expect(downloads.list()).toMatchObject([{ state: 'running', failure: null }]);
  });

  it('remove only after the process has let go of the file, and then fetch it anew', async () => {
    const downloads = open();
    downloads.start(job('one'));
    const run = lastRun();
    const removed = downloads.remove('one');
    downloads.start(job('one'));
    expect(told().map(({ type }) => type)).toEqual(['fetch', 'stop']);
    children.last.say({ type: 'stopped', run });
    expect(told().map(({ type }) => type)).toEqual(['fetch', 'stop', 'remove']);
    children.last.say({ type: 'removed', run: lastRun() });
    await removed;
    expect(told().at(-1)).toMatchObject({ type: 'fetch' });
  });

  it('do not tell of one that was removed in its last moment', async () => {
    const downloads = open();
    const done: string[] = [];
    downloads.onDone(({ job: { id } }) => done.push(id));
    downloads.start(job('one'));
    const removed = downloads.remove('one');
    children.last.say({ type: 'done', run: lastRun(), sha256: SHA256 });
    children.last.say({ type: 'removed', run: lastRun() });
    await removed;
    expect(done).toEqual([]);
  });

  it('never show more than all of one that came in tarballs', () => {
    saved = [{ job: job('one'), isPaused: true, doneBytes: 1_003 }];
    expect(open().list()).toMatchObject([{ doneBytes: 1_003, totalBytes: 1_003 }]);
  });

  it('remove another one while one is fetched', async () => {
    const downloads = open();
    downloads.start(job('one'));
    downloads.start(job('two'));
    const removed = downloads.remove('two');
    expect(told().map(({ type }) => type)).toEqual(['fetch', 'remove']);
    children.last.say({ type: 'removed', run: lastRun() });
    await removed;
    expect(downloads.list()).toMatchObject([{ state: 'running', job: { id: 'one' } }]);
  });

  it('pass a limit on, also to the process that comes later', () => {
    const downloads = open();
    downloads.setLimit(5_000);
    downloads.start(job('one'));
    expect(told()).toMatchObject([{ bytesPerSecond: 5_000 }]);
    downloads.setLimit(null);
    expect(told().at(-1)).toEqual({ type: 'limit', bytesPerSecond: null });
  });

  it('outlive a restart, paused ones and failed ones at rest', async () => {
    const first = open();
    first.start(job('one'));
    first.start(job('two'));
    first.pause('two');
    progress(lastRun(), 300);
    const run = lastRun();
    const disposed = first.dispose();
    children.last.say({ type: 'stopped', run });
    await disposed;
    const again = open().list();
    expect(again).toMatchObject([{ state: 'running', doneBytes: 300 }, { state: 'paused' }]);
  });

  it('refuse a job that is none', () => {
    const bad = { ...job('one'), sha256: 'XYZ' };
    expect(() => open().start(bad)).toThrow(expect.objectContaining({ code: 'bad-request' }));
  });
});
