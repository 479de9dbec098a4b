/** Runs asynchronous work one piece at a time, in the order in which it was asked for. */

export type Serial = <Value>(work: () => Promise<Value>) => Promise<Value>;

export function createSerial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    // The next one goes on whatever became of this one; its caller hears of the failure.
    last = mine.catch(() => undefined);
    return mine;
  };
}
