/** Home: whether this computer earns, why or why not, what today came to, and whether everything is in order. */
import { NextCard } from '../next/NextCard.tsx';
import { CardScreen } from '../CardScreen.tsx';
import { ChecksCard } from './ChecksCard.tsx';
import { StateCard } from './StateCard.tsx';

export function HomeScreen() {
  return (
    <CardScreen title="Home">
      <StateCard />
      <NextCard withSkipped />
      <ChecksCard />
    </CardScreen>
  );
}
