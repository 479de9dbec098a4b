/** Home: whether this computer earns, why or why not, what the day was, and whether everything is in order. */
import { NextCard } from '../next/NextCard.tsx';
import { CardScreen } from '../CardScreen.tsx';
import { ChecksCard } from './ChecksCard.tsx';
import { DayCard } from './DayCard.tsx';
import { GiveBackCard } from './GiveBackCard.tsx';
import { LiveCard } from './LiveCard.tsx';
import { StateCard } from './StateCard.tsx';

export function HomeScreen() {
  return (
    <CardScreen title="Home">
      <StateCard />
      <LiveCard />
      <NextCard withSkipped />
      <DayCard />
      <GiveBackCard />
      <ChecksCard />
    </CardScreen>
  );
}
