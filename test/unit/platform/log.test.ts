import { describe, expect, it } from 'vitest';
import { createMemoryLog } from '../../fakes/memory-log.ts';

describe('log', () => {
  it('never holds a token, a key or the name of a home folder', () => {
    const log = createMemoryLog();
    const token = `lull-${'a1B2'.repeat(10)}`;
    const key = `0x${'ab'.repeat(32)}`;
    log.warn(`Authorization: Bearer secret-thing ${token}`, {
      key,
      path: '/home/alice/models/x.gguf',
      error: new Error('C:\\Users\\bob\\x', { cause: new Error(`inner ${key}`) }),
    });
    const [line] = log.lines;
    for (const secret of ['secret-thing', token, 'ab'.repeat(32), 'alice', 'bob']) {
      expect(line).not.toContain(secret);
    }
    expect(line).toContain('/home/[user]/models/x.gguf');
  });
});
