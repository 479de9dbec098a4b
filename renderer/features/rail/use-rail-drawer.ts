/** In a narrow window the rail is a drawer: it takes the focus when it opens and closes when there is room. */
import { useEffect, useRef } from 'react';
import { useActions, useApp } from '../../store/use-app.tsx';

/** The counterpart of the limit in narrow.css. */
const WIDE = '(min-width: 721px)';

/** Returns where the focus goes when the drawer opens, and where it comes back to. */
export function useRailDrawer() {
  const railOpen = useApp((state) => state.railOpen);
  const { setRailOpen } = useActions();
  const drawer = useRef<HTMLDivElement>(null);
  const toggle = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);

  useEffect(() => {
    if (railOpen) drawer.current?.querySelector('button')?.focus();
    // Whoever went on to a conversation is in its composer by now.
    else if (wasOpen.current && document.activeElement === document.body) toggle.current?.focus();
    wasOpen.current = railOpen;
  }, [railOpen]);

  useEffect(() => {
    const wide = window.matchMedia(WIDE);
    const onChange = () => {
      if (wide.matches) setRailOpen(false);
    };
    wide.addEventListener('change', onChange);
    return () => {
      wide.removeEventListener('change', onChange);
    };
  }, [setRailOpen]);

  return { railOpen, drawer, toggle };
}
