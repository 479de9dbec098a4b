/** One thing that main wants of the edge process, for as long as it wants it, whatever becomes of the process. */

export interface Wish<Options, Report> {
  /** Null when it is not wanted. */
  readonly options: Options | null;
  /** Whoever asked has not heard yet. */
  readonly isWaiting: boolean;
  /** Once at a time. Rejects with what it is given up for. */
  ask(options: Options): Promise<Report>;
  /** @param options how to ask for it after a crash */
  fulfil(report: Report, options: Options): void;
  /** It is not wanted any more; whoever still waits for it is told why. */
  giveUp(error: Error): void;
}

export function createWish<Options, Report>(what: string): Wish<Options, Report> {
  let options: Options | null = null;
  let waiter: { resolve(report: Report): void; reject(error: Error): void } | null = null;
  return {
    get options() {
      return options;
    },
    get isWaiting() {
      return waiter !== null;
    },
    ask(wanted) {
      if (options !== null) return Promise.reject(new Error(`${what} already`));
      return new Promise((resolve, reject) => {
        options = wanted;
        waiter = { resolve, reject };
      });
    },
    fulfil(report, lasting) {
      options = lasting;
      waiter?.resolve(report);
      waiter = null;
    },
    giveUp(error) {
      const waiting = waiter;
      options = null;
      waiter = null;
      waiting?.reject(error);
    },
  };
}
