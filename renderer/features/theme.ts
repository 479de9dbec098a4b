/** Puts the chosen theme on the page; `system` leaves it to the desktop. */
import { useLayoutEffect } from 'react';
import { useApp } from '../store/use-app.tsx';

export function useTheme(): void {
  const theme = useApp((state) => state.snapshot?.settings.theme ?? 'system');
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
}
