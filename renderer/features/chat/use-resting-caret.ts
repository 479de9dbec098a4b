/** Lets the caret stand still when nobody has typed for a while: each blink draws, and keeps the processor awake. */
import { useEffect } from 'react';

/** As long as other desktops blink. */
const REST_AFTER_MS = 10_000;
/** The style sheet reads it from the root element. */
const MARK = 'resting';
const INPUTS = ['keydown', 'pointerdown', 'focusin'] as const;

export function useRestingCaret(): void {
  useEffect(() => {
    const { dataset } = document.documentElement;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const wake = () => {
      if (timer !== null) clearTimeout(timer);
      delete dataset[MARK];
      timer = setTimeout(() => {
        dataset[MARK] = '';
      }, REST_AFTER_MS);
    };
    wake();
    for (const input of INPUTS) document.addEventListener(input, wake);
    return () => {
      if (timer !== null) clearTimeout(timer);
      delete dataset[MARK];
      for (const input of INPUTS) document.removeEventListener(input, wake);
    };
  }, []);
}
