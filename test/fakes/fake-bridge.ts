/** The bridge with a small chat behind it: keeps conversations in memory, answers piece by piece when told to. */
import type { ErrorCode } from '../../electron/ipc/error-codes.ts';
import type { Failure, Result } from '../../electron/ipc/result.ts';
import type { Earnings, ReceiptCheckView } from '../../electron/ipc/network.ts';
import type { Conversation, Message, Snapshot } from '../../electron/ipc/snapshot.ts';
import type { Bridge, CommandName, NotificationBody } from '../../electron/ipc/table.ts';
import {
  collected,
  fakeChecks,
  fakeLine,
  fakeNetwork,
  fakePrice,
  fakeReceipt,
  fakeServed,
  withRelay,
  word,
} from './fake-network.ts';
import { fakeGovernorCommands } from './fake-governor.ts';
import { fakeModelsCommands } from './fake-models.ts';
import { fakeOwnerCommands } from './fake-owner.ts';
import { fakeWalletCommands } from './fake-wallet.ts';
import { FAKE_MODEL, failureFor, fakeSnapshot, fakeStats } from './fake-snapshot.ts';

type Listeners = {
  readonly [Name in keyof Bridge['on']]: Set<(body: NotificationBody<Name>) => void>;
};

export interface FakeBridgeOptions {
  readonly snapshot?: Snapshot;
  readonly messages?: readonly Message[];
  /** The pieces that every answer consists of. */
  readonly pieces?: readonly string[];
  readonly nowMs?: () => number;
  /** What every receipt comes to. */
  readonly checks?: ReceiptCheckView[];
}

export interface FakeBridge {
  readonly bridge: Bridge;
  /** Every command in the order it came. */
  readonly calls: { readonly name: CommandName | 'openDroppedModel'; readonly input: unknown }[];
  /** The next call of this command fails once with this code. */
  failNext(name: CommandName, code: ErrorCode, details?: string): void;
  /** The next call of this command answers only once what is returned here is called. */
  hold(name: CommandName): () => void;
  /** Changes the snapshot and sends the patch. */
  patch(changes: Partial<Omit<Snapshot, 'version'>>): void;
  /** Changes the snapshot and loses the patch on the way. */
  patchSilently(changes: Partial<Omit<Snapshot, 'version'>>): void;
  /** Sends a notification as it is. */
  delta(body: NotificationBody<'chat.delta'>): void;
  end(message: Message): void;
  /** Writes the next piece of every running answer; an answer with none left ends. */
  write(): void;
  /** Ends every running answer with this failure. */
  breakAnswers(code: ErrorCode): void;
  /** The neighbour asks one more question of a trial that runs. */
  serveOne(): void;
}

interface Run {
  message: Message;
  sequence: number;
  /** The answer whose place it takes with its first piece; null once it has a place. */
  replaces: string | null;
  readonly via: 'local' | 'network';
}

export function createFakeBridge(options: FakeBridgeOptions = {}): FakeBridge {
  const {
    pieces = ['Hello', ', ', 'world.'],
    nowMs = () => 1_000,
    checks = fakeChecks(),
  } = options;
  let snapshot = options.snapshot ?? fakeSnapshot();
  let messages: readonly Message[] = options.messages ?? [];
  const runs = new Map<string, Run>();
  const failures = new Map<CommandName, Failure>();
  const gates = new Map<CommandName, Promise<null>>();
  const calls: FakeBridge['calls'] = [];
  let lastId = 0;
  const listeners: Listeners = {
    'hub.patch': new Set(),
    'chat.delta': new Set(),
    'chat.end': new Set(),
  };
  const newId = (kind: string) => `${kind}-${String(++lastId)}`;
  const titled = (id: string) => snapshot.conversations.find((each) => each.id === id);

  function patchSilently(changes: Partial<Omit<Snapshot, 'version'>>): void {
    snapshot = { ...snapshot, ...changes, version: snapshot.version + 1 };
  }

  function patch(changes: Partial<Omit<Snapshot, 'version'>>): undefined {
    patchSilently(changes);
    const body = { version: snapshot.version, changes };
    for (const listener of listeners['hub.patch']) listener(body);
  }

  function end(message: Message): undefined {
    const replaces = runs.get(message.id)?.replaces ?? null;
    runs.delete(message.id);
    if (replaces !== null && message.state === 'failed') messages = [...messages, message];
    messages = messages.map((each) => (each.id === message.id ? message : each));
    for (const listener of listeners['chat.end']) listener(message);
  }

  function patchTrial(change: Partial<Earnings['trial']>): undefined {
    const { earnings } = snapshot;
    patch({ earnings: { ...earnings, trial: { ...earnings.trial, ...change } } });
  }

  /** One over the network is paid for: it is a relay in the list. */
  function finish({ message, via }: Run): void {
    const outputTokens = pieces.length;
    const served = via === 'network' ? fakeServed(++lastId, outputTokens) : null;
    end({ ...message, state: 'complete', stats: fakeStats(outputTokens, snapshot, served) });
    if (!served) return;
    const { ref, charged } = served;
    const line = fakeLine({ ref, role: 'application', atMs: nowMs(), outputTokens, charged });
    patch({ earnings: withRelay(snapshot.earnings, line) });
  }

  function answerTo(conversationId: string, replaces: string | null, via: Run['via']): Message {
    const answer: Message = {
      ...{ id: newId('answer'), conversationId, role: 'assistant', text: '' },
      ...{ createdAtMs: nowMs(), state: 'streaming', failure: null, stats: null },
    };
    runs.set(answer.id, { message: answer, sequence: 0, replaces, via });
    return answer;
  }

  /** Notes the call and answers with the failure that was asked for, if any. */
  async function command<Value>(
    name: CommandName,
    input: unknown,
    run: () => Value | Failure,
  ): Promise<Result<Value>> {
    calls.push({ name, input });
    const failure = failures.get(name);
    failures.delete(name);
    const gate = gates.get(name);
    gates.delete(name);
    if (gate) await gate;
    if (failure) return failure;
    const value = run();
    if (isFailure(value)) return value;
    return { ok: true, value };
  }

  const nothing = (): undefined => undefined;
  const plain = (name: CommandName) => () => command(name, undefined, nothing);
  const setConversation = (conversation: Conversation) => {
    const others = snapshot.conversations.filter(({ id }) => id !== conversation.id);
    patch({ conversations: [conversation, ...others] });
  };

  const bridge: Bridge = {
    command: {
      'app.snapshot': () => command('app.snapshot', undefined, () => snapshot),
      'app.openDataFolder': plain('app.openDataFolder'),
      'setup.cancel': plain('setup.cancel'),
      'setup.retry': plain('setup.retry'),
      'engine.probeAgain': plain('engine.probeAgain'),
      'engine.restart': plain('engine.restart'),
      'endpoint.copyToken': plain('endpoint.copyToken'),
      'settings.setTheme': (input) =>
        command('settings.setTheme', input, () =>
          patch({ settings: { ...snapshot.settings, ...input } }),
        ),
      ...fakeOwnerCommands({ command, patch, snapshot: () => snapshot }),
      ...fakeGovernorCommands({ command, patch, snapshot: () => snapshot }),
      ...fakeModelsCommands({ command, patch, snapshot: () => snapshot }),
      ...fakeWalletCommands({ command, patch, snapshot: () => snapshot }),
      'model.choose': () =>
        command('model.choose', undefined, () => {
          patch({ model: { current: FAKE_MODEL, known: [FAKE_MODEL, ...snapshot.model.known] } });
          return FAKE_MODEL;
        }),
      'model.open': (input) => command('model.open', input, () => FAKE_MODEL),
      'model.use': (input) => command('model.use', input, nothing),
      'model.forget': (input) => command('model.forget', input, nothing),
      'notice.dismiss': (input) =>
        command('notice.dismiss', input, () =>
          patch({ notices: snapshot.notices.filter(({ id }) => id !== input.noticeId) }),
        ),
      'chat.open': (input) =>
        command('chat.open', input, () => {
          const conversation = titled(input.conversationId);
          if (!conversation) return failureFor('not-found');
          const { id } = conversation;
          const run = [...runs.values()].find(({ message }) => message.conversationId === id);
          const place = run?.replaces ?? run?.message.id;
          const live = (each: Message) => (run && each.id === place ? run.message : each);
          const inside = messages.filter((each) => each.conversationId === id).map(live);
          return { conversation, messages: inside, nextSequence: run?.sequence ?? null };
        }),
      'chat.send': (input) =>
        command('chat.send', input, () => {
          const known = input.conversationId === null ? undefined : titled(input.conversationId);
          const conversation: Conversation = {
            id: known?.id ?? newId('conversation'),
            title: known?.title ?? input.text.slice(0, 40),
            createdAtMs: known?.createdAtMs ?? nowMs(),
            updatedAtMs: nowMs(),
          };
          const question: Message = {
            ...{ id: newId('question'), conversationId: conversation.id, role: 'user' },
            ...{ text: input.text, createdAtMs: nowMs(), state: 'complete' },
            ...{ failure: null, stats: null },
          };
          const answer = answerTo(conversation.id, null, input.via);
          messages = [...messages, question, answer];
          setConversation(conversation);
          return { conversation, question, answer };
        }),
      'chat.stop': (input) =>
        command('chat.stop', input, () => {
          const run = runs.get(input.messageId);
          if (!run) return failureFor('not-found');
          end({ ...run.message, state: 'stopped' });
          return undefined;
        }),
      'chat.regenerate': (input) =>
        command('chat.regenerate', input, () => {
          const old = messages.find(({ id }) => id === input.messageId);
          if (!old) return failureFor('not-found');
          const answer = answerTo(old.conversationId, old.id, input.via);
          return { answer, replacedId: old.id };
        }),
      'chat.rename': (input) =>
        command('chat.rename', input, () => {
          const known = titled(input.conversationId);
          if (!known) return failureFor('not-found');
          setConversation({ ...known, title: input.title });
          return undefined;
        }),
      'chat.delete': (input) =>
        command('chat.delete', input, () => {
          const rest = snapshot.conversations.filter(({ id }) => id !== input.conversationId);
          patch({ conversations: rest });
          return undefined;
        }),
      'chat.price': (input) =>
        command('chat.price', input, () => {
          if (snapshot.network.state !== 'ready') patch({ network: fakeNetwork(snapshot.network) });
          return fakePrice(input.text);
        }),
      'earn.try': () =>
        command('earn.try', undefined, () => patchTrial({ state: 'running', asked: 0 })),
      'earn.stop': () => command('earn.stop', undefined, () => patchTrial({ state: 'done' })),
      'earn.collect': () =>
        command('earn.collect', undefined, () => patch({ earnings: collected(snapshot.earnings) })),
      'receipt.open': (input) =>
        command('receipt.open', input, () => {
          const line = snapshot.earnings.recent.find(({ ref }) => ref === input.ref);
          const { transaction } = snapshot.earnings.collect;
          if (!line) return failureFor('not-found');
          return fakeReceipt(line, line.isRedeemed ? transaction : null);
        }),
      'receipt.verify': (input) => command('receipt.verify', input, () => checks),
      'receipt.copy': (input) => command('receipt.copy', input, nothing),
    },
    on: {
      'hub.patch': (listener) => listenTo(listeners['hub.patch'], listener),
      'chat.delta': (listener) => listenTo(listeners['chat.delta'], listener),
      'chat.end': (listener) => listenTo(listeners['chat.end'], listener),
    },
    async openDroppedModel(file) {
      calls.push({ name: 'openDroppedModel', input: file });
      return { ok: true, value: FAKE_MODEL };
    },
  };

  return {
    bridge,
    calls,
    failNext(name, code, details) {
      failures.set(name, failureFor(code, details ?? null));
    },
    hold(name) {
      const gate = Promise.withResolvers<null>();
      gates.set(name, gate.promise);
      return () => {
        gate.resolve(null);
      };
    },
    patch,
    patchSilently,
    serveOne() {
      const { trial } = snapshot.earnings;
      if (trial.state !== 'running') return;
      const asked = trial.asked + 1;
      const line = fakeLine({ ref: word(`b${String(asked)}`), atMs: nowMs() });
      patch({ earnings: withRelay(snapshot.earnings, line) });
      patchTrial({ asked, state: asked === trial.of ? 'done' : 'running' });
    },
    delta(body) {
      for (const listener of listeners['chat.delta']) listener(body);
    },
    end,
    write() {
      for (const run of runs.values()) {
        const text = pieces[run.sequence];
        if (text === undefined) {
          finish(run);
          continue;
        }
        messages = messages.map((each) => (each.id === run.replaces ? run.message : each));
        run.replaces = null;
        run.message = { ...run.message, text: run.message.text + text };
        const { id: messageId, conversationId } = run.message;
        const body = { messageId, conversationId, sequence: run.sequence, text };
        run.sequence += 1;
        for (const listener of listeners['chat.delta']) listener(body);
      }
    },
    breakAnswers(code) {
      const { message, kept, next, details } = failureFor(code);
      for (const run of runs.values()) {
        end({ ...run.message, state: 'failed', failure: { code, message, kept, next, details } });
      }
    },
  };
}

function listenTo<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'ok' in value && value.ok === false;
}
