/** Why a question cannot be sent. */
import { describe, expect, it } from 'vitest';
import { sendBlock } from '../../../renderer/store/selectors.ts';
import { fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { openApp } from './open-app.ts';

describe('sendBlock', () => {
  const stateWith = async (snapshot: Parameters<typeof fakeSnapshot>[0]) => {
    const { state } = await openApp({ snapshot: fakeSnapshot(snapshot) });
    return state();
  };
  const { setup, engine } = fakeSnapshot();

  it('lets a question through when everything is ready', async () => {
    expect(sendBlock(await stateWith({}), 'Hi')).toBeNull();
  });

  it('names what is missing', async () => {
    const running = await stateWith({ setup: { ...setup, phase: 'running' } });
    expect(sendBlock(running, 'Hi')).toContain('getting ready');
    const failed = await stateWith({
      setup: { ...setup, phase: 'failed' },
      engine: { ...engine, backend: null },
    });
    expect(sendBlock(failed, 'Hi')).toContain('did not finish');
    const bare = await stateWith({ model: { current: null, known: [] } });
    expect(sendBlock(bare, 'Hi')).toContain('No model is open');
    expect(sendBlock(await stateWith({}), 'x'.repeat(200_001))).toContain('longer than 200,000');
  });

  it('does not hold back somebody whose engine works though the setup was stopped', async () => {
    for (const phase of ['cancelled', 'failed'] as const) {
      const stopped = await stateWith({ setup: { ...setup, phase } });
      expect(sendBlock(stopped, 'Hi')).toBeNull();
      const bare = await stateWith({
        setup: { ...setup, phase },
        model: { current: null, known: [] },
      });
      expect(sendBlock(bare, 'Hi')).toContain('No model is open');
    }
  });
});
