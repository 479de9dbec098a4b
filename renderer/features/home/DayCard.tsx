/** Today: what every minute of the last 24 hours was, why, and what it cost. */
import { useState } from 'react';
import type { Stretch } from '../../../electron/ipc/governor.ts';
import type { Asset } from '../../../electron/ipc/network.ts';
import { groupName, groupOf } from '../../../electron/ipc/stretch-words.ts';
import { StretchStrip, StripSwatch } from '../../charts/StretchStrip.tsx';
import { useActions, useApp } from '../../store/use-app.tsx';
import { useWrite } from '../../store/use-write.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';
import { useMinute } from '../use-minute.ts';
import {
  dayTicks,
  dayWords,
  groupsIn,
  programToAllow,
  stretchPlaces,
  stretchWords,
  type StretchWords,
} from './day-words.ts';

/** Without a gap, the oldest first; nothing while nothing has been noted yet. */
export function DayCard() {
  const day = useApp((state) => state.snapshot?.governor.day);
  const asset = useApp((state) => state.snapshot?.network.asset);
  if (!day || !asset || day.length === 0) return null;
  return <Day day={day} asset={asset} />;
}

interface DayProps {
  readonly day: readonly Stretch[];
  readonly asset: Asset;
}

function Day({ day, asset }: DayProps) {
  const nowMs = useMinute();
  const write = useWrite(asset);
  const atMs = Math.max(nowMs, day.at(-1)?.fromMs ?? 0);
  const places = stretchPlaces(day, atMs);
  const lines = places.map(({ stretch }) => ({
    stretch,
    words: stretchWords(stretch, atMs, asset, write.amount),
  }));
  return (
    <Card title="Today">
      <p>{dayWords(places)}</p>
      <StretchStrip
        label="The last 24 hours"
        ticks={dayTicks(atMs)}
        parts={places.map(({ stretch, group, start, end }, index) => {
          const line = lines[index];
          const words = line ? `${line.words.span}: ${line.words.sentence}` : '';
          return { key: String(stretch.id), start, end, look: group, words };
        })}
      />
      <ul className="strip-legend">
        {groupsIn(places).map((group) => (
          <li key={group}>
            <StripSwatch look={group} />
            {groupName(group)}
          </li>
        ))}
      </ul>
      <StretchList lines={lines.toReversed()} />
    </Card>
  );
}

interface Line {
  readonly stretch: Stretch;
  readonly words: StretchWords;
}

const FIRST = 5;

function StretchList({ lines }: { readonly lines: readonly Line[] }) {
  const [isWhole, setWhole] = useState(false);
  const rest = lines.length - FIRST;
  return (
    <>
      <ol className="stretches" aria-label="What the day was, newest first">
        {(isWhole ? lines : lines.slice(0, FIRST)).map(({ stretch, words }) => (
          <StretchRow key={stretch.id} stretch={stretch} words={words} />
        ))}
      </ol>
      {rest <= 0 ? null : (
        <Button
          look="quiet"
          className="button-small"
          aria-expanded={isWhole}
          onClick={() => {
            setWhole(!isWhole);
          }}
        >
          {isWhole ? 'Show fewer' : `Show ${String(rest)} more`}
        </Button>
      )}
    </>
  );
}

function StretchRow({ stretch, words }: Line) {
  const { span, length, sentence, notes } = words;
  const allowedApps = useApp((state) => state.snapshot?.settings.governor.allowedApps);
  const { allowStretch } = useActions();
  const { target, onPress } = useKeptFocus<HTMLLIElement>();
  const program = programToAllow(stretch, allowedApps ?? []);
  return (
    <li ref={target} className="stretch" tabIndex={-1}>
      <StripSwatch look={groupOf(stretch.code)} />
      <div className="stretch-body">
        <p className="stretch-title">
          {sentence} <span className="quiet">{length.replaceAll(' ', '\u00a0')}</span>
        </p>
        <p className="quiet">{[span, ...notes].join(' · ')}</p>
      </div>
      {program === null ? null : (
        <Button
          className="button-small"
          aria-label={`Allow ${program} next time`}
          onClick={({ currentTarget }) => {
            onPress(currentTarget);
            void allowStretch(stretch.id, program);
          }}
        >
          Allow this next time
        </Button>
      )}
    </li>
  );
}
