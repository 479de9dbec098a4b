import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChats } from '../../../electron/chat/chat-database.ts';
import { createSqliteStore } from '../../../electron/chat/sqlite-store.ts';
import type { Conversation, Message } from '../../../electron/ipc/snapshot.ts';
import { AppError } from '../../../electron/platform/app-error.ts';

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lull-store-'));
  path = join(folder, 'chats.sqlite');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const conversation: Conversation = { id: 'c', title: 'Title', createdAtMs: 1, updatedAtMs: 2 };

function message(id: string, text: string): Message {
  const rest = { createdAtMs: 3, state: 'complete', failure: null, stats: null } as const;
  return { id, conversationId: 'c', role: 'user', text, ...rest };
}

function fill(): void {
  const store = createSqliteStore(openChats(path, 0).database);
  store.saveTogether(conversation, [message('m1', 'one'), message('m2', 'two 👋')]);
  store.dispose();
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'no error';
}

describe('conversations on disk', () => {
  it.skipIf(process.platform === 'win32')('can be read by their owner only', () => {
    const { database } = openChats(path, 0);
    const files = readdirSync(folder);
    expect(files).toContain('chats.sqlite-wal');
    for (const file of files) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    database.close();
  });

  it('are there again after a restart, in order', () => {
    fill();
    const store = createSqliteStore(openChats(path, 0).database);
    expect(store.conversations()).toEqual([conversation]);
    expect(store.messages('c').map(({ text }) => text)).toEqual(['one', 'two 👋']);
    store.deleteConversation('c');
    expect(store.message('m1')).toBeNull();
    store.dispose();
  });

  it('put a message in the place of another one, whatever came after it', () => {
    fill();
    const store = createSqliteStore(openChats(path, 0).database);
    store.replaceMessage('m1', { ...message('m3', 'instead'), createdAtMs: 9 });
    expect(store.messages('c').map(({ id }) => id)).toEqual(['m3', 'm2']);
    expect(store.message('m3')).toEqual({ ...message('m3', 'instead'), createdAtMs: 9 });
    store.replaceMessage('m1', message('m4', 'at the end'));
    expect(store.messages('c').map(({ id }) => id)).toEqual(['m3', 'm2', 'm4']);
    store.dispose();
  });

  it.each([
    ['text that is no database', () => writeFileSync(path, 'this is not a database'.repeat(100))],
    ['a damaged header', () => damage(0, 64)],
    ['damaged pages', () => damage(4_096, 8_192)],
    ['a file cut short', () => truncateSync(path, 5_000)],
  ])('sets %s aside, whole, and starts anew', (_what, spoil) => {
    fill();
    spoil();
    const before = readFileSync(path);
    const opened = openChats(path, Date.UTC(2030, 0, 1));
    expect(opened.damagedKeptAs).toMatch(/chats\.sqlite\.damaged-2030-01-01/);
    expect(readFileSync(opened.damagedKeptAs ?? '').equals(before)).toBe(true);
    const store = createSqliteStore(opened.database);
    expect(store.conversations()).toEqual([]);
    store.saveConversation(conversation);
    store.dispose();
  });

  it('says that the disk is full, keeps what was saved, and goes on once there is room', () => {
    fill();
    const { database } = openChats(path, 0);
    const store = createSqliteStore(database);
    const pages = Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
    database.exec(`PRAGMA max_page_count = ${pages}`);
    const large = message('m3', 'x'.repeat(100_000));
    expect(codeOf(() => store.saveTogether({ ...conversation, title: 'New' }, [large]))).toBe(
      'disk-full',
    );
    expect(store.conversation('c')?.title).toBe('Title');
    expect(store.messages('c')).toHaveLength(2);
    database.exec('PRAGMA max_page_count = 100000');
    store.saveMessage(large);
    expect(store.messages('c')).toHaveLength(3);
    store.dispose();
  });

  it('refuses a file written by a newer Lull and leaves it as it is', () => {
    fill();
    const { database } = openChats(path, 0);
    database.exec('PRAGMA user_version = 999');
    database.close();
    const before = readdirSync(folder).sort();
    expect(codeOf(() => openChats(path, 0))).toBe('data-folder-unusable');
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  it('says so when the folder is not there', () => {
    expect(codeOf(() => openChats(join(folder, 'absent', 'chats.sqlite'), 0))).toBe(
      'data-folder-unusable',
    );
  });
});

/** Overwrites bytes of the closed database. */
function damage(from: number, to: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, from, to);
  writeFileSync(path, bytes);
}
