/** What is said about a text while it is being typed. */
import { useEffect, useRef, useState } from 'react';
import type { Result } from '../../electron/ipc/result.ts';

interface Judged<Value> {
  readonly text: string;
  readonly value: Value;
}

/**
 * Asks one question at a time, and about the newest text in the end.
 * @param judge must be the same function from one rendering to the next
 * @returns the newest verdict there is, which may be about an older text; null before the first
 */
export function useJudged<Value>(
  text: string,
  judge: (text: string) => Promise<Result<Value>>,
): Judged<Value> | null {
  const [judged, setJudged] = useState<Judged<Value> | null>(null);
  const newest = useRef(text);
  const isAsking = useRef(false);
  useEffect(() => {
    newest.current = text;
    if (isAsking.current) return;
    isAsking.current = true;
    void askUntilCurrent(newest, judge, setJudged).finally(() => {
      isAsking.current = false;
    });
  }, [text, judge]);
  return judged;
}

async function askUntilCurrent<Value>(
  newest: { readonly current: string },
  judge: (text: string) => Promise<Result<Value>>,
  tell: (judged: Judged<Value>) => void,
): Promise<void> {
  for (;;) {
    const text = newest.current;
    const result = await judge(text);
    if (result.ok) tell({ text, value: result.value });
    if (newest.current === text) return;
  }
}
