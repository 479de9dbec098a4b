/** A chat service on a real store in memory, with answers that the test writes by hand. */
import { createChatService } from '../../../electron/chat/chat-service.ts';
import { openChats } from '../../../electron/chat/chat-database.ts';
import { createSqliteStore } from '../../../electron/chat/sqlite-store.ts';
import type { ChatEvent, ChatStore } from '../../../electron/chat/ports.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import { createCountedRandom } from '../../fakes/counted-random.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { createScriptedAnswerer, type ScriptedAnswer } from '../../fakes/scripted-answerer.ts';

export function setUp(wrap: (store: ChatStore) => ChatStore = (store) => store) {
  const clock = createManualClock();
  const store = createSqliteStore(openChats(':memory:', 0).database);
  const { answer, answers } = createScriptedAnswerer();
  const events: ChatEvent[] = [];
  const chat = createChatService({
    store: wrap(store),
    answer,
    clock,
    random: createCountedRandom(),
    log: createMemoryLog(),
    publish: (event) => events.push(event),
  });
  const last = (): ScriptedAnswer => {
    const found = answers.at(-1);
    if (!found) throw new Error('nothing was asked');
    return found;
  };
  return { chat, store, clock, events, answers, last };
}

/** A disk without room for messages, for as long as `full` is true. */
export function createSmallDisk() {
  const disk = { full: false };
  const guard = () => {
    if (disk.full) throw new AppError('disk-full');
  };
  const wrap = (real: ChatStore): ChatStore => ({
    ...real,
    saveMessage: (message) => {
      guard();
      real.saveMessage(message);
    },
    replaceMessage: (oldId, message) => {
      guard();
      real.replaceMessage(oldId, message);
    },
  });
  return { disk, wrap };
}
