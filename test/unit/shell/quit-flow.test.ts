/** Quitting asks when something is in flight, waits when told to, and never for ever. */
import { describe, expect, it } from 'vitest';
import { createQuitFlow, type QuitFlow } from '../../../electron/shell/quit-flow.ts';
import type { QuitChoice, QuitWords, WorkInFlight } from '../../../electron/shell/quit-words.ts';
import { createManualClock, type ManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { quiet } from '../../fakes/settle.ts';

const IDLE: WorkInFlight = { relays: 0, answers: 0, transactions: 0 };
const BUSY: WorkInFlight = { relays: 1, answers: 2, transactions: 0 };

interface Setting {
  readonly flow: QuitFlow;
  readonly clock: ManualClock;
  readonly asked: readonly QuitWords[];
  /** What happened, in order. */
  readonly news: readonly string[];
  work: WorkInFlight;
  answer(choice: QuitChoice): Promise<void>;
}

function start(work: WorkInFlight): Setting {
  const clock = createManualClock();
  const asked: QuitWords[] = [];
  const news: string[] = [];
  let reply: (choice: QuitChoice) => void = () => undefined;
  const setting = {
    clock,
    asked,
    news,
    work,
    async answer(choice: QuitChoice) {
      reply(choice);
      await quiet(5);
    },
  };
  const flow = createQuitFlow({
    work: () => setting.work,
    ask: (words) => {
      asked.push(words);
      return new Promise((answered) => {
        reply = answered;
      });
    },
    refuseWork: () => {
      news.push('refuses');
      return () => news.push('takes');
    },
    quit: () => news.push('quits'),
    onStay: () => news.push('stays'),
    clock,
    log: createMemoryLog(),
  });
  return Object.assign(setting, { flow });
}

describe('createQuitFlow', () => {
  it('lets an idle Lull go without a word', () => {
    const { flow, asked } = start(IDLE);
    expect(flow.isQuitting()).toBe(false);
    expect(flow.mayQuit()).toBe(true);
    expect(flow.isQuitting()).toBe(true);
    expect(asked).toEqual([]);
  });

  it('asks once, however often quitting is tried meanwhile', () => {
    const { flow, asked } = start(BUSY);
    expect(flow.mayQuit()).toBe(false);
    expect(flow.mayQuit()).toBe(false);
    expect(asked).toHaveLength(1);
    expect(flow.isQuitting()).toBe(false);
  });

  it('quits at once when told to', async () => {
    const { flow, news, answer } = start(BUSY);
    flow.mayQuit();
    await answer('now');
    expect(news).toEqual(['quits']);
    expect(flow.mayQuit()).toBe(true);
  });

  it('stays when told to, and asks again the next time', async () => {
    const { flow, news, answer, asked } = start(BUSY);
    flow.mayQuit();
    await answer('cancel');
    expect(news).toEqual(['stays']);
    expect(flow.mayQuit()).toBe(false);
    expect(asked).toHaveLength(2);
  });

  it('finishes first: takes nothing new, and quits as soon as nothing is in flight', async () => {
    const setting = start(BUSY);
    setting.flow.mayQuit();
    await setting.answer('finish');
    setting.clock.advance(30_000);
    expect(setting.news).toEqual(['refuses']);
    setting.work = IDLE;
    setting.clock.advance(1_000);
    expect(setting.news).toEqual(['refuses', 'quits']);
    setting.clock.advance(120_000);
    expect(setting.news).toEqual(['refuses', 'quits']);
  });

  it('waits a minute and no longer, even when asked again in between', async () => {
    const { flow, clock, news, answer } = start(BUSY);
    flow.mayQuit();
    await answer('finish');
    clock.advance(40_000);
    flow.mayQuit();
    await answer('finish');
    clock.advance(19_000);
    expect(news).toEqual(['refuses']);
    clock.advance(2_000);
    expect(news).toEqual(['refuses', 'quits']);
  });

  it('takes work again when the owner changes their mind while it waits', async () => {
    const { flow, clock, news, answer } = start(BUSY);
    flow.mayQuit();
    await answer('finish');
    flow.mayQuit();
    await answer('cancel');
    clock.advance(120_000);
    expect(news).toEqual(['refuses', 'takes', 'stays']);
    expect(flow.isQuitting()).toBe(false);
  });

  it('need not wait for what ended while the question stood there', async () => {
    const setting = start(BUSY);
    setting.flow.mayQuit();
    setting.work = IDLE;
    await setting.answer('finish');
    expect(setting.news).toEqual(['quits']);
  });

  it('asks nobody when the system ends it', () => {
    const { flow, asked } = start(BUSY);
    flow.neverAsk();
    expect(flow.mayQuit()).toBe(true);
    expect(asked).toEqual([]);
  });
});
