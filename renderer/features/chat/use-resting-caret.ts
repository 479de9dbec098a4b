/** Lets the caret stand still when nobody has typed for a while: each blink draws, and keeps the processor awake. */
import { useEffect } from 'react';

/** As long as other desktops blink. */
const REST_AFTER_MS = 10_000;
/** On the root element; the style sheet reads it. */
const MARK = 'data-resting';
const INPUTS = ['keydown', 'pointerdown', 'focusin'] as const;

export function useRestingCaret(): void {
  useEffect(() => {
    const root = document.documentElement;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wake = () => {
      clearTimeout(timer);
      root.removeAttribute(MARK);
      timer = setTimeout(() => {
        root.setAttribute(MARK, '');
      }, REST_AFTER_MS);
    };
    wake();
    for (const input of INPUTS) document.addEventListener(input, wake);
    return () => {
      clearTimeout(timer);
      root.removeAttribute(MARK);
      for (const input of INPUTS) document.removeEventListener(input, wake);
    };
  }, []);
}
