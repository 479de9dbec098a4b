/** Limits the power of a graphics card while Lull serves, and puts back what there was, also after a crash. */
import { z } from 'zod';
import { jsonFile } from '../platform/json-file.ts';
import type { Log } from '../platform/log.ts';

/** Limits of one card, in watts. */
export interface CardPower {
  readonly limitWatts: number;
  readonly leastWatts: number;
  readonly mostWatts: number;
}

/** The driver's tool; each call ends within a time of its own. */
export interface PowerTool {
  /** @throws Error when the card does not tell */
  read(cardId: string): Promise<CardPower>;
  /** @throws Error in words for a person, when Lull has no right to, for example */
  set(cardId: string, watts: number): Promise<void>;
}

export interface PowerLimit {
  /**
   * Returns at once; a card is asked for what it has now before that is changed.
   * @param watts null puts back what there was before
   */
  limit(watts: number | null): void;
  /** Puts back what an earlier copy of Lull left behind. Never rejects. */
  restoreLeft(): Promise<void>;
  /** Puts back what there was. Never rejects. */
  dispose(): Promise<void>;
}

export interface PowerLimitPorts {
  readonly tool: PowerTool;
  /** Holds the value from before while another one is set. */
  readonly path: string;
  readonly log: Log;
  /** The card that computes, as the tool calls it; null when there is none that it knows. */
  cardId(): string | null;
  /** One sentence: why the limit is not what its owner asked for; null when it is. */
  onRefused(sentence: string | null): void;
}

const leftSchema = z
  .strictObject({ cardId: z.string().min(1), limitWatts: z.number().positive() })
  .nullable();
type Left = Readonly<z.infer<typeof leftSchema>>;

export function createPowerLimit(ports: PowerLimitPorts): PowerLimit {
  const { tool, log, path } = ports;
  const file = jsonFile<Left>({
    path,
    schema: leftSchema,
    fallback: null,
    onDamaged(keptAs, cause) {
      log.warn('the power limit from before is not readable', { keptAs, error: cause });
      throw new Error('What power limit the card had before is not known any more.', { cause });
    },
  });
  let wanted: number | null = null;
  /** Changes follow each other: the tool is slow, and the order matters. */
  let queue = Promise.resolve();

  const refuse = (error: unknown): void => {
    const sentence = error instanceof Error ? error.message : String(error);
    log.warn('the power limit was not changed', { error });
    ports.onRefused(sentence);
  };

  const restore = async (): Promise<void> => {
    const left = file.read();
    if (left === null) return;
    await tool.set(left.cardId, left.limitWatts);
    // Only now: a copy that ends in between finds it and tries again.
    file.write(null);
  };

  const settle = async (watts: number | null): Promise<void> => {
    // Another word has been said since.
    if (watts !== wanted) return;
    if (watts === null) {
      await restore();
      return;
    }
    const cardId = ports.cardId();
    if (cardId === null) throw new Error('No card is known whose power can be limited.');
    const left = file.read();
    if (left !== null && left.cardId !== cardId) await restore();
    const now = await tool.read(cardId);
    const { leastWatts, mostWatts } = now;
    if (watts < leastWatts || watts > mostWatts) {
      const span = `${String(leastWatts)} to ${String(mostWatts)} W`;
      throw new Error(`This card takes a power limit of ${span}, and not ${String(watts)} W.`);
    }
    // What a limit of ours has replaced is remembered, never the limit itself.
    const before = left?.cardId === cardId ? left.limitWatts : now.limitWatts;
    file.write({ cardId, limitWatts: before });
    try {
      await tool.set(cardId, watts);
    } catch (error) {
      if (left === null) file.write(null);
      throw error;
    }
  };

  const enqueue = (work: () => Promise<void>): Promise<void> => {
    queue = queue.then(work).then(() => {
      ports.onRefused(null);
    }, refuse);
    return queue;
  };

  return {
    limit(watts) {
      if (watts === wanted) return;
      wanted = watts;
      void enqueue(() => settle(watts));
    },
    restoreLeft: () => enqueue(restore),
    dispose() {
      wanted = null;
      return enqueue(restore);
    },
  };
}
