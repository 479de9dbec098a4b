/** Wires the self-test to a node: when the engine is asked, and where what came of it is remembered. */
import { NO_SELF_TEST, selfTestRecordSchema, type SelfTestRecord } from '../governor/self-test.ts';
import { createSelfTester, type SelfTester } from '../governor/self-test-runner.ts';
import type { Sensors } from '../governor/sensors.ts';
import type { SelfTest } from '../ipc/governor.ts';
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import { jsonFile, type JsonFile } from '../platform/json-file.ts';
import type { Log } from '../platform/log.ts';
import type { GateParts } from './node-gate.ts';
import { selfTestNode } from './self-test-ports.ts';

export interface SelfTestParts extends Pick<
  GateParts,
  'hub' | 'answers' | 'engine' | 'owners' | 'library' | 'hashes'
> {
  readonly sensors: Pick<Sensors, 'look'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether nothing else stands in the way of serving: the engine is never asked beside a game. */
  readonly isClear: () => boolean;
  readonly onChange: () => void;
}

export interface NodeSelfTester extends Omit<SelfTester, 'stop'> {
  /** Somebody wants the computer who would end relays as well: the test ends, unless they asked for it. */
  giveWay(): void;
}

/** @param path where what was found is kept */
export function composeSelfTest(path: string, parts: SelfTestParts): NodeSelfTester {
  const { hub, clock, log, onChange } = parts;
  let ownersWishes = 0;
  const isOwnersWish = () => ownersWishes > 0;
  const show = (selfTest: SelfTest): void => {
    hub.dispatch({ type: 'governor-changed', change: { selfTest } });
    onChange();
  };
  const mayAsk = () => isOwnersWish() || parts.isClear();
  const { isFree, needsFile, knowFile, ...node } = selfTestNode({ ...parts, mayAsk, isOwnersWish });
  const tester = createSelfTester({
    ...{ file: recordIn(path, log), clock, log, onChange: show },
    ...node,
  });
  let isKnowing = false;
  return {
    state: tester.state,
    dispose: tester.dispose,
    giveWay() {
      if (!isOwnersWish()) tester.stop();
    },
    look() {
      if (!parts.isClear() && !isFree()) return;
      tester.look();
      if (isKnowing || !needsFile()) return;
      isKnowing = true;
      const known = knowFile().then(() => {
        isKnowing = false;
        // What was found of this file before counts again.
        show(tester.state());
      });
      drop(known, 'reading the model for the self-test', log);
    },
    async run() {
      ownersWishes += 1;
      try {
        show({ state: 'running', atMs: null, detail: null });
        await knowFile();
        await tester.run();
      } finally {
        ownersWishes -= 1;
        show(tester.state());
      }
    },
  };
}

/** What cannot be read is found out once more. */
function recordIn(path: string, log: Log): JsonFile<SelfTestRecord> {
  const file = jsonFile({
    path,
    schema: selfTestRecordSchema,
    fallback: NO_SELF_TEST,
    onDamaged(keptAs) {
      log.warn('the record of self-tests was damaged', { keptAs });
    },
  });
  return {
    read() {
      try {
        return file.read();
      } catch (error) {
        log.warn('the record of self-tests cannot be read', { error });
        return NO_SELF_TEST;
      }
    },
    write: file.write,
  };
}
