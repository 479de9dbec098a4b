/** What a screen reader is told of models: that something began or ended, never how far it is. */
import type { Download } from '../../../electron/ipc/models.ts';
import type { Snapshot } from '../../../electron/ipc/snapshot.ts';
import { assertNever } from '../../assert-never.ts';
import { isCopy } from './models-view.ts';

interface Seen {
  readonly name: string;
  readonly state: Download['state'] | null;
  readonly isHere: boolean;
}

export interface ModelsNews {
  readonly offers: ReadonlyMap<string, Seen>;
  readonly currentId: string | null;
  readonly text: string;
}

/** What is there already is no news. */
export function firstNews(snapshot: Snapshot | null): ModelsNews {
  return { offers: seenIn(snapshot), currentId: currentOf(snapshot)?.id ?? null, text: '' };
}

/** The same object comes back when nothing changed that is worth a word. */
export function nextNews(before: ModelsNews, snapshot: Snapshot | null): ModelsNews {
  if (!snapshot) return before;
  const offers = seenIn(snapshot);
  const current = currentOf(snapshot);
  const currentId = current?.id ?? null;
  const words = [
    ...[...offers].map(([id, now]) => wordsFor(before.offers.get(id), now)),
    ...[...before.offers].map(([id, was]) => (offers.has(id) ? null : wordsForGone(id, was))),
  ].filter((text) => text !== null);
  if (current && before.currentId !== null && currentId !== before.currentId) {
    words.push(`${current.name} is in use.`);
  }
  const isSame = words.length === 0 && isSameAs(before, offers, currentId);
  return isSame ? before : { offers, currentId, text: words.join(' ') || before.text };
}

function isSameAs(
  before: ModelsNews,
  offers: ModelsNews['offers'],
  currentId: string | null,
): boolean {
  return (
    currentId === before.currentId &&
    offers.size === before.offers.size &&
    [...offers].every(([id, { state, isHere }]) => {
      const old = before.offers.get(id);
      return old?.state === state && old.isHere === isHere;
    })
  );
}

function currentOf(snapshot: Snapshot | null) {
  return snapshot?.model.current ?? null;
}

function seenIn(snapshot: Snapshot | null): ModelsNews['offers'] {
  return new Map(
    snapshot?.models.offered.map(({ id, name, download, modelId }) => [
      id,
      { name, state: download?.state ?? null, isHere: modelId !== null },
    ]),
  );
}

function wordsFor(before: Seen | undefined, { name, state, isHere }: Seen): string | null {
  if (before?.state === state && before.isHere === isHere) return null;
  if (state !== null) return before?.state === state ? null : stateWords(name, state);
  // A message in the corner says that it has arrived.
  return before === undefined || isHere ? null : goneWords(before);
}

/** A found one leaves the list with its download or its file; a copy also when it is done. */
function wordsForGone(id: string, was: Seen): string | null {
  return isCopy({ id }) || (was.state === null && !was.isHere) ? null : goneWords(was);
}

function goneWords({ name, isHere }: Seen): string {
  return isHere
    ? `${name} is not on this computer any more.`
    : `The download of ${name} was cancelled.`;
}

function stateWords(name: string, state: Download['state']): string {
  switch (state) {
    case 'waiting':
      return `${name} waits to be downloaded.`;
    case 'running':
      return `${name} is being downloaded.`;
    case 'paused':
      return `The download of ${name} is paused.`;
    case 'verifying':
      return `${name} has arrived and is being checked.`;
    case 'failed':
      return `The download of ${name} failed.`;
    default:
      return assertNever(state);
  }
}
