/** The first minutes: that the owner has begun, and which next steps they would rather not see. */
import type { NextStep } from '../ipc/snapshot.ts';
import { drop } from '../platform/drop.ts';
import type { Log } from '../platform/log.ts';
import type { LullNode } from './compose-node.ts';

export interface Welcome {
  /** Makes the practice wallet as well, silently. */
  begin(): void;
  skip(step: NextStep, isSkipped: boolean): void;
}

export function createWelcome(
  node: Pick<LullNode, 'settings' | 'changeSettings' | 'market'>,
  log: Log,
): Welcome {
  return {
    begin() {
      node.changeSettings({ hasBegun: true });
      // What goes wrong is told by the node, and chat needs none of it.
      const opening = node.market().catch(() => undefined);
      drop(opening, 'making the practice wallet', log);
    },
    skip(step, isSkipped) {
      const others = node.settings.current().skippedSteps.filter((each) => each !== step);
      node.changeSettings({ skippedSteps: isSkipped ? [...others, step] : others });
    },
  };
}
