/** A governor that always serves: for a node whose engine does nothing else, as the neighbour's in practice. */
import type { Status } from '../ipc/status.ts';
import type { Governor, PacedEngine } from './ports.ts';

/** Paces nothing and looks at nothing: what it lets through is its owner's own practice. */
export function createOpenGate(startedMs: number): Governor {
  let relaysInFlight = 0;
  let isDisposed = false;
  const status = (): Status => ({
    mode: isDisposed ? 'off' : 'serving',
    policy: 'always',
    chosenBy: 'owner',
    trialRelaysLeft: null,
    duty: isDisposed ? 0 : 1,
    dutyCause: isDisposed ? null : 'full',
    reasons: [],
    sinceMs: startedMs,
    relaysInFlight,
  });
  const nothing = () => undefined;
  return {
    status,
    configure: nothing,
    pause: nothing,
    allowTrial: () => nothing,
    admits: () => (isDisposed ? 'not-serving' : null),
    gate: <Request extends object>(engine: PacedEngine<Request>) => ({
      async *generate(request: Request, signal: AbortSignal) {
        relaysInFlight += 1;
        try {
          yield* engine.generate({ ...request, relay: { duty: 1 } }, signal);
        } finally {
          relaysInFlight -= 1;
        }
      },
    }),
    look: nothing,
    dispose() {
      isDisposed = true;
    },
  };
}
