import type { IpcMainInvokeEvent } from 'electron';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERROR_TEXTS } from '../../../electron/ipc/error-codes.ts';
import { COMMANDS, type CommandName } from '../../../electron/ipc/table.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import {
  isOwnFrame,
  routeCommands,
  type CommandHandlers,
} from '../../../electron/shell/ipc-router.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';

type Listener = (event: IpcMainInvokeEvent, input: unknown) => unknown;

function setUp(handlers: Partial<CommandHandlers>, own = true) {
  const listeners = new Map<string, Listener>();
  const called: string[] = [];
  const log = createMemoryLog();
  const spy = (name: CommandName) => () => {
    called.push(name);
  };
  const all = Object.fromEntries(
    (Object.keys(COMMANDS) as CommandName[]).map((name) => [name, handlers[name] ?? spy(name)]),
  );
  const refused = routeCommands(
    { handle: (name, listener) => void listeners.set(name, listener) },
    all as unknown as CommandHandlers,
    { isOwnFrame: () => own, log },
  );
  const call = async (name: CommandName, input?: unknown): Promise<unknown> =>
    listeners.get(name)?.({} as IpcMainInvokeEvent, input);
  return { call, called, log, refused };
}

describe('ipc router (security 17)', () => {
  it('refuses a foreign frame, says so in the log, and counts', async () => {
    const { call, called, log, refused } = setUp({}, false);
    for (const name of Object.keys(COMMANDS) as CommandName[]) {
      expect(await call(name)).toMatchObject({ ok: false, code: 'refused' });
    }
    expect(called).toEqual([]);
    const all = Object.keys(COMMANDS).length;
    expect(log.lines).toHaveLength(all);
    expect(log.lines.at(-1)).toContain(`count=${String(all)}`);
    expect(refused()).toEqual({ foreign: all, malformed: 0 });
  });

  it('refuses malformed input with a code, whatever it is, and counts', async () => {
    const { call, called, refused } = setUp({});
    let calls = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.anything({ withNullPrototype: true, withBigInt: true }).filter((x) => x !== undefined),
        async (input) => {
          expect(await call('app.snapshot', input)).toMatchObject({ code: 'bad-request' });
          expect(await call('chat.stop', { messageId: 'a', input })).toMatchObject({ ok: false });
          calls += 2;
        },
      ),
    );
    expect(called).toEqual([]);
    expect(refused()).toEqual({ foreign: 0, malformed: calls });
  });

  it.each([
    ['chat.send', { conversationId: null, text: '' }],
    ['chat.send', { conversationId: null, text: 'x'.repeat(200_001) }],
    ['chat.send', JSON.parse('{"conversationId":null,"text":"a","__proto__":{"x":1}}')],
    ['chat.rename', { conversationId: 'c', title: '   ' }],
    ['model.open', { path: 7 }],
    ['settings.setTheme', { theme: 'sepia' }],
  ] as const)('refuses %s with %j', async (name, input) => {
    const { call, called } = setUp({});
    expect(await call(name, input)).toMatchObject({ ok: false, code: 'bad-request' });
    expect(called).toEqual([]);
  });

  it('answers with a value, or with the words for what went wrong', async () => {
    const { call } = setUp({
      'chat.stop': () => {
        throw new AppError('not-found', { details: 'gone' });
      },
      'chat.delete': () => {
        throw Object.assign(new Error('write failed'), { code: 'ENOSPC' });
      },
      'chat.rename': () => undefined,
    });
    expect(await call('chat.rename', { conversationId: 'c', title: ' New ' })).toEqual({
      ok: true,
      value: undefined,
    });
    expect(await call('chat.stop', { messageId: 'a' })).toEqual({
      ok: false,
      code: 'not-found',
      message: ERROR_TEXTS['not-found'].sentence,
      kept: ERROR_TEXTS['not-found'].kept,
      next: ERROR_TEXTS['not-found'].next,
      details: 'gone',
    });
    expect(await call('chat.delete', { conversationId: 'c' })).toMatchObject({ code: 'disk-full' });
  });
});

it('keeps from the page what the table does not name', async () => {
  const { call, log } = setUp({
    'model.choose': () => ({ token: 'secret' }) as never,
  });
  const result = await call('model.choose');
  expect(result).toMatchObject({ ok: false, code: 'internal' });
  expect(JSON.stringify(result)).not.toContain('secret');
  expect(log.lines).toHaveLength(1);
});

describe('who may ask', () => {
  const mainFrame = { parent: null, url: 'app://lull/index.html' };
  // Only its identity counts.
  const contents = Object.create(null) as Electron.WebContents;
  const event = (senderFrame: unknown, sender: unknown = contents) =>
    ({ sender, senderFrame }) as IpcMainInvokeEvent;

  it('is the main frame of the own window, showing the own page', () => {
    expect(isOwnFrame(event(mainFrame), contents)).toBe(true);
  });

  it.each([
    ['another window', event(mainFrame, {})],
    ['a frame that has gone', event(null)],
    ['a frame within the page', event({ ...mainFrame, parent: mainFrame })],
    ['a page of another host', event({ parent: null, url: 'app://lull.evil/index.html' })],
    ['a page from the web', event({ parent: null, url: 'https://lull/' })],
    ['a file', event({ parent: null, url: 'file:///app://lull/index.html' })],
  ])('is not %s', (_who, stranger) => {
    expect(isOwnFrame(stranger, contents)).toBe(false);
  });
});
