/** When the engine goes behind everything else: while only relays are answered. */

export interface WorkPriority {
  /** Relays may compute, or are to stand still: what they have begun is then to be over soon, however busy others are. */
  paced(share: number): void;
  began(id: number, isRelay: boolean): void;
  ended(id: number): void;
}

/**
 * Changes nothing when the last request ends: the next one may be the same kind, and idle threads are in nobody's way.
 * @param setLow called with what it was not before; it begins as not low
 */
export function createWorkPriority(setLow: (isLow: boolean) => void): WorkPriority {
  const owners = new Set<number>();
  const relays = new Set<number>();
  let isLow = false;
  let isOpen = true;
  const wanted = () => {
    if (owners.size > 0 || !isOpen) return false;
    return relays.size > 0 ? true : isLow;
  };
  const settle = () => {
    const next = wanted();
    if (next === isLow) return;
    isLow = next;
    setLow(isLow);
  };
  return {
    paced(share) {
      isOpen = share > 0;
      settle();
    },
    began(id, isRelay) {
      (isRelay ? relays : owners).add(id);
      settle();
    },
    ended(id) {
      owners.delete(id);
      relays.delete(id);
      settle();
    },
  };
}
