/** After the very first answer: what to do next. */
import { useApp } from '../../store/use-app.tsx';
import { isFirstAnswer } from '../next/next-steps.ts';
import { NextCard } from '../next/NextCard.tsx';

export function FirstAnswerNext() {
  return useApp(isFirstAnswer) ? <NextCard /> : null;
}
