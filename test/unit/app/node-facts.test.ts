/** What the governor is told of the node. */
import { describe, expect, it } from 'vitest';
import { chosenDevice, nodeFacts, type NodeFactsParts } from '../../../electron/app/node-facts.ts';
import type { Snapshot } from '../../../electron/ipc/snapshot.ts';
import { fakeSnapshot } from '../../fakes/fake-snapshot.ts';

const READY = fakeSnapshot();
const NETWORK: Snapshot = { ...READY, network: { ...READY.network, state: 'ready' } };
const PARTS: NodeFactsParts = {
  place: { isReachable: true, isOffering: true },
  owners: { isAnswering: () => false, isRecent: () => false },
  selfTest: 'passed',
  rate: null,
};
const [candidate] = READY.engine.candidates;
const HIDDEN = { isReachable: false, isOffering: false };

const withEngine = (change: Partial<Snapshot['engine']>): Snapshot => ({
  ...NETWORK,
  engine: { ...NETWORK.engine, ...change },
});

describe('the facts of a node', () => {
  it('say that it is ready only while it offers its model and can be found', () => {
    expect(nodeFacts(NETWORK, PARTS)).toMatchObject({ engine: 'ready', network: 'ready' });
    expect(
      nodeFacts(NETWORK, { ...PARTS, place: { ...PARTS.place, isOffering: false } }),
    ).toMatchObject({ engine: 'preparing', network: 'ready' });
    expect(nodeFacts(NETWORK, { ...PARTS, place: HIDDEN }).network).toBe('starting');
  });

  it('do not call a model unready that nobody could offer yet', () => {
    const starting: Snapshot = { ...NETWORK, network: { ...NETWORK.network, state: 'starting' } };
    expect(nodeFacts(starting, { ...PARTS, place: HIDDEN })).toMatchObject({
      engine: 'ready',
      network: 'starting',
    });
  });

  it('name a failure of the engine and of the preparation', () => {
    expect(nodeFacts(withEngine({ state: 'failed' }), PARTS).engine).toBe('failed');
    const setup = { ...NETWORK.setup, phase: 'cancelled' as const };
    expect(nodeFacts({ ...NETWORK, setup }, PARTS).engine).toBe('failed');
    const running = { ...NETWORK.setup, phase: 'running' as const };
    expect(nodeFacts({ ...NETWORK, setup: running }, PARTS).engine).toBe('preparing');
  });

  it('know when a process holds the memory', () => {
    const holds = (state: Snapshot['engine']['state']) =>
      nodeFacts(withEngine({ state }), PARTS).holdsMemory;
    for (const state of ['asleep', 'failed', 'probing'] as const) expect(holds(state)).toBe(false);
    for (const state of ['loading', 'ready', 'working'] as const) expect(holds(state)).toBe(true);
  });

  it('pass on the self-test, the owner’s use and the rate as they are now', () => {
    const rate = { earnsMicros: 1, costsMicros: 2 };
    const owners = { isAnswering: () => true, isRecent: () => true };
    expect(nodeFacts(NETWORK, { ...PARTS, owners, rate, selfTest: 'none' })).toMatchObject({
      ...{ isAnswering: true, isOwners: true, selfTest: 'none', rate },
    });
  });

  it('take the processor for the device until a card was chosen', () => {
    expect(chosenDevice({ candidates: [] })).toEqual({ kind: 'cpu', backend: 'cpu', name: null });
    if (candidate === undefined) throw new Error('the snapshot has candidates');
    const device = { name: 'Test Card', kind: 'discrete' as const, memoryBytes: 1 };
    const chosen = { ...candidate, state: 'chosen' as const, backend: 'vulkan' as const, device };
    expect(chosenDevice({ candidates: [{ ...chosen, state: 'works' }] }).kind).toBe('cpu');
    expect(chosenDevice({ candidates: [chosen] })).toEqual({
      ...{ kind: 'gpu', backend: 'vulkan', name: 'Test Card' },
    });
  });
});
