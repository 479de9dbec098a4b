/** Keeps the keyboard in the list: after a title was written, and when the row that has the focus goes away. */
import { useCallback, useLayoutEffect, useRef } from 'react';
import { FILTER_ID } from '../shortcuts.ts';

/** `shown` is true while the row has its buttons. Call `returnFocus` before what has the focus is taken away. */
export function useRowFocus(shown: boolean) {
  const row = useRef<HTMLLIElement>(null);
  const wanted = useRef(false);

  useLayoutEffect(() => {
    if (!shown || !wanted.current) return;
    wanted.current = false;
    row.current?.querySelector<HTMLElement>('.menu-button')?.focus();
  }, [shown]);

  useLayoutEffect(() => {
    const element = row.current;
    return () => {
      if (!element?.contains(document.activeElement)) return;
      const neighbour = element.nextElementSibling ?? element.previousElementSibling;
      const target = neighbour?.querySelector('button') ?? document.getElementById(FILTER_ID);
      // Not before the row has gone: a dialog inside it may still hold the focus, or the composer may take it.
      queueMicrotask(() => {
        if (document.activeElement === document.body) target?.focus();
      });
    };
  }, []);

  const returnFocus = useCallback(() => {
    wanted.current = true;
  }, []);
  return { row, returnFocus };
}
