/** The keyring process's half of the talk with the wallet's window: one question at a time, each checked. */
import {
  CEREMONY,
  ceremonyRequestSchema,
  type CeremonyInput,
  type CeremonyName,
  type CeremonyOutput,
  type CeremonyReply,
  type CeremonyRequest,
} from '../ipc/ceremony.ts';
import type { Failure, Result } from '../ipc/result.ts';
import type { Port } from '../platform/child.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import { failureText } from '../platform/failure-text.ts';
import {
  createCeremonySteps,
  type CeremonyDeps,
  type CeremonySteps,
} from './wallet-ceremony-steps.ts';

/** A page that asks faster than it is answered gets no more than this kept for it. */
const MAX_WAITING = 32;

export interface Ceremony {
  /** Ends it at once and overwrites what was not kept. */
  dispose(): void;
}

export interface CeremonyOptions extends CeremonyDeps {
  /** The vault was written or opened; the page may still show it. */
  onDone(): void;
}

/** Nothing of what is said here is logged: it is all secret or about a secret. */
export function serveCeremony(port: Port, options: CeremonyOptions): Ceremony {
  const steps = createCeremonySteps(options);
  let waiting = 0;
  const over = new AbortController();
  let last: Promise<unknown> = Promise.resolve();

  async function answer({ id, name, input }: CeremonyRequest): Promise<void> {
    const wasDone = steps.isDone();
    const result = await run(steps, name, input);
    if (!wasDone && steps.isDone()) options.onDone();
    reply(id, result);
  }

  function reply(id: number, result: Result<unknown>): void {
    if (!over.signal.aborted) port.post({ id, result } satisfies CeremonyReply);
  }

  port.onMessage((raw) => {
    const request = ceremonyRequestSchema.safeParse(raw);
    if (over.signal.aborted || !request.success) return;
    if (waiting >= MAX_WAITING) {
      const error = new AppError('bad-request', { details: 'Too many questions at once.' });
      reply(request.data.id, failed(error));
      return;
    }
    waiting += 1;
    last = last.then(async () => {
      waiting -= 1;
      if (!over.signal.aborted) await answer(request.data);
    });
  });
  return {
    dispose() {
      if (over.signal.aborted) return;
      over.abort();
      port.close();
      // A step may be at work on the bytes; they are overwritten behind it.
      last = last.then(() => {
        steps.dispose();
      });
    },
  };
}

async function run<Name extends CeremonyName>(
  steps: CeremonySteps,
  name: Name,
  input: unknown,
): Promise<Result<CeremonyOutput<Name>>> {
  const checked = CEREMONY[name].input.safeParse(input);
  // The reason would quote what was typed.
  if (!checked.success) return failed(new AppError('bad-request'));
  try {
    // The table ties this row's schema to this row's step; the compiler cannot follow that through a union.
    const value = await steps.answers[name](checked.data as CeremonyInput<Name>);
    // Nothing that the table does not name reaches the page.
    return { ok: true, value: CEREMONY[name].output.parse(value) as CeremonyOutput<Name> };
  } catch (error) {
    return failed(toAppError(error));
  }
}

function failed(error: AppError): Failure {
  return { ok: false, ...failureText(error) };
}
