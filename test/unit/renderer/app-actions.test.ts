/** Commands that fail, and the messages in the corner. */
import { describe, expect, it, vi } from 'vitest';
import { openApp } from './open-app.ts';

describe('a failed command', () => {
  it('is shown with its code and its details', async () => {
    const { actions, fake, state } = await openApp();
    fake.failNext('model.choose', 'model-foreign', 'magic 50 4b 03 04');
    await actions.chooseModel();
    expect(state().toasts).toMatchObject([
      { kind: 'failure', failure: { code: 'model-foreign', details: 'magic 50 4b 03 04' } },
    ]);
  });

  it('has words even when the bridge itself breaks', async () => {
    const { actions, fake, state } = await openApp();
    vi.spyOn(fake.bridge.command, 'engine.restart').mockRejectedValue(new Error('port closed'));
    await actions.restartEngine();
    expect(state().toasts).toMatchObject([
      { kind: 'failure', failure: { code: 'internal', details: 'port closed' } },
    ]);
  });

  it('leaves at most three messages on the screen', async () => {
    const { actions, writeClipboard, state } = await openApp();
    for (const text of ['a', 'b', 'c', 'd']) await actions.copy(text, 'Text');
    expect(writeClipboard).toHaveBeenCalledTimes(4);
    expect(state().toasts.map(({ id }) => id)).toEqual([2, 3, 4]);
  });
});

describe('messages in the corner', () => {
  it('keep failures that nobody has read, and give up good news', async () => {
    const { actions, fake, state } = await openApp();
    fake.failNext('engine.restart', 'internal', 'first');
    await actions.restartEngine();
    for (const text of ['a', 'b', 'c', 'd']) await actions.copy(text, 'Text');
    expect(state().toasts.map(({ kind }) => kind)).toEqual(['failure', 'info', 'info']);
    fake.failNext('engine.restart', 'internal', 'second');
    await actions.restartEngine();
    expect(state().toasts.map(({ kind }) => kind)).toEqual(['failure', 'info', 'failure']);
    for (const details of ['third', 'fourth']) {
      fake.failNext('engine.restart', 'internal', details);
      await actions.restartEngine();
    }
    expect(state().toasts).toMatchObject([
      { failure: { details: 'second' } },
      { failure: { details: 'third' } },
      { failure: { details: 'fourth' } },
    ]);
    await actions.copy('e', 'Text');
    expect(state().toasts.every(({ kind }) => kind === 'failure')).toBe(true);
  });

  it('tell whether a text was copied', async () => {
    const { actions, state, writeClipboard } = await openApp();
    expect(await actions.copy('a', 'Text')).toBe(true);
    // A button that shows it by itself needs no second message.
    expect(await actions.copy('a', 'Text', true)).toBe(true);
    expect(state().toasts).toHaveLength(1);
    writeClipboard.mockRejectedValueOnce(new Error('no clipboard'));
    expect(await actions.copy('a', 'Text')).toBe(false);
  });
});
