/** What a bench hands back: raw samples of ours and of the peer, so that the runner can do the arithmetic. */

export interface BenchOptions {
  /** Fewer and shorter rounds: shows that the bench works, not how fast anything is. */
  readonly quick: boolean;
  /** Progress for a person; never part of the result. */
  log(line: string): void;
  /** What stands after the bench's name, for benches that have choices of their own. */
  readonly args: readonly string[];
}

export interface SamplePair {
  /** Raw samples of Lull, in the order they were taken, interleaved with the peer's. */
  readonly ours: readonly number[];
  /** Empty when there is nothing to compare with. */
  readonly peer: readonly number[];
}

export interface BenchResult {
  readonly name: string;
  /** Everything needed to take the same samples again: model, threads, lengths, rounds. */
  readonly config: Readonly<Record<string, string | number | boolean>>;
  /** Keyed by what was varied, for example `4 streams`. */
  readonly samples: Readonly<Record<string, SamplePair>>;
  /** For example `tokens/s`. */
  readonly unit: string;
  /** For labels with another unit; less is better where it is `ms`. */
  readonly units?: Readonly<Record<string, string>>;
  /** What was run and thrown away before the samples. */
  readonly warmUp: string;
}

export interface Bench {
  readonly name: string;
  /** One sentence: what is measured, against what. */
  readonly about: string;
  run(options: BenchOptions): Promise<BenchResult>;
}
