/** Discreet mode: amounts and addresses are dots, for screens that others see. */
import { useApp } from './use-app.tsx';

const DOTS = '•••••';

/** Whether amounts and addresses are to be hidden. */
export function useDiscreet(): boolean {
  return useApp((state) => state.snapshot?.settings.isDiscreet === true);
}

/** The text, or the same dots for every text, so that not even its length can be seen. */
export function veiled(text: string, isDiscreet: boolean): string {
  return isDiscreet ? DOTS : text;
}
