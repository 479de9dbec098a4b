/** One question to the keyring process at a time: whether it is under way, and why the last one failed. */
import { useState } from 'react';
import type { FailureText, Result } from '../../electron/ipc/result.ts';

export interface Attempt {
  readonly isBusy: boolean;
  readonly failure: FailureText | null;
  /** Calls back with the value; nothing happens while another question is under way. */
  readonly run: <Value>(
    question: () => Promise<Result<Value>>,
    then: (value: Value) => void,
  ) => void;
}

export function useAttempt(): Attempt {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<FailureText | null>(null);
  return {
    isBusy,
    failure,
    run(question, then) {
      if (isBusy) return;
      setBusy(true);
      setFailure(null);
      void question().then((result) => {
        setBusy(false);
        if (result.ok) then(result.value);
        else setFailure(result);
      });
    },
  };
}
