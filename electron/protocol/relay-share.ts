/** How much of an engine a paid relay may have: what tells it from its owner's own requests. */

/** A request without one is the owner's own. It never waits for a relay and is never slowed down. */
export interface RelayShare {
  /** Part of the time in which relays may compute, above 0 and at most 1. */
  readonly duty: number;
}
