/** When a button takes itself away, the keyboard goes on from what it stood in, not from the top of the page. */
import { useCallback, useLayoutEffect, useRef, type RefObject } from 'react';

interface KeptFocus<Target extends HTMLElement> {
  /** Gets the focus once the button that was pressed is gone. */
  readonly target: RefObject<Target | null>;
  /** To be called with the button that is being pressed. */
  readonly onPress: (button: HTMLElement) => void;
}

/** @param elseId what gets the focus instead when the target is gone as well */
export function useKeptFocus<Target extends HTMLElement>(elseId?: string): KeptFocus<Target> {
  const target = useRef<Target>(null);
  const pressed = useRef<HTMLElement | null>(null);
  useLayoutEffect(() => {
    if (pressed.current === null || pressed.current.isConnected) return;
    pressed.current = null;
    // Somebody who went elsewhere meanwhile stays there.
    if (document.activeElement !== document.body) return;
    const next = target.current ?? document.getElementById(elseId ?? '');
    next?.focus();
  });
  const onPress = useCallback((button: HTMLElement) => {
    pressed.current = button;
  }, []);
  return { target, onPress };
}
