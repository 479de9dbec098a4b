/** How it stands with another server, in one line. */
import type { EngineState, Snapshot } from '../../../electron/ipc/snapshot.ts';
import type { FailureText } from '../../../electron/ipc/result.ts';
import { assertNever } from '../../assert-never.ts';

export function serverState({ settings, engine, model }: Snapshot): string {
  if (settings.engine.server === null) return 'Off: Lull’s own engine answers.';
  if (model.current === null) return 'It waits: no model is open here whose file could count.';
  return stateWords(engine);
}

/** What only starting that server, or stopping its use, can mend. */
export function serverFailure({ state, failure }: EngineState): FailureText | null {
  return state === 'failed' && failure?.code === 'external-unavailable' ? failure : null;
}

function stateWords(engine: EngineState): string {
  switch (engine.state) {
    case 'unprobed':
    case 'probing':
      return 'It waits until Lull is ready.';
    case 'asleep':
      return 'In use: the next question goes to it.';
    case 'loading':
      return 'Lull asks whether it is there.';
    case 'ready':
      return 'In use: it was there when Lull last asked.';
    case 'working':
      return 'In use: it is answering.';
    case 'failed':
      return serverFailure(engine) === null
        ? 'Not in use: a failure stopped Lull’s engine.'
        : `Not answering${because(engine.failure)}. The next question asks it again.`;
    default:
      return assertNever(engine.state);
  }
}

function because(failure: FailureText | null): string {
  return failure?.details == null ? '' : `: ${failure.details}`;
}
