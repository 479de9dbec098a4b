/** A node's books and its part in the network, each opened when it is first needed: no chat has to wait for them. */
import { AppError, toAppError } from '../platform/app-error.ts';
import { openBooks, type Books } from './compose-books.ts';
import { openMarket, type Market, type MarketPorts } from './compose-market.ts';
import type { Paths } from './paths.ts';

export interface NodeMarket {
  /** What is known of relays without any key. @throws AppError `ledger-unusable` … */
  books(): Books;
  /** Starts the process that holds the hot keys. Concurrent calls share one attempt. @throws AppError */
  market(): Promise<Market>;
  /** For whoever can only be there once it is open. @throws AppError `network-unavailable` while it is not */
  opened(): Market;
  /** Null while it is not open. */
  peek(): Market | null;
  dispose(): Promise<void>;
}

export interface NodeMarketParts {
  /** Read when something is first opened. */
  readonly ports: () => MarketPorts;
  /** Tells the owner why something could not be opened. Chat with the model on this computer needs none of it. */
  readonly raise: (error: unknown) => void;
  readonly onOpened: (market: Market) => void;
}

export function createNodeMarket(
  paths: Paths,
  { ports, raise, onOpened }: NodeMarketParts,
): NodeMarket {
  let known: Books | AppError | null = null;
  let opening: Promise<Market> | null = null;
  let current: Market | null = null;
  let made: MarketPorts | null = null;
  const portsNow = (): MarketPorts => (made ??= ports());

  function tryBooks(): Books | AppError {
    try {
      return openBooks(paths, portsNow());
    } catch (error) {
      raise(error);
      return toAppError(error);
    }
  }

  function books(): Books {
    known ??= tryBooks();
    // What is damaged stays so until it is mended and Lull is started again.
    if (known instanceof AppError) throw known;
    return known;
  }

  async function open(): Promise<Market> {
    const opened = books();
    try {
      current = await openMarket(paths, opened, portsNow());
    } catch (error) {
      // A key store may be unlocked, and a process that died starts again: the next one who asks tries it.
      opening = null;
      if (toAppError(error).code !== 'cancelled') raise(error);
      throw error;
    }
    onOpened(current);
    return current;
  }

  return {
    books,
    market: () => (opening ??= open()),
    opened() {
      if (!current) throw new AppError('network-unavailable');
      return current;
    },
    peek: () => current,
    async dispose() {
      const market = await opening?.catch(() => null);
      if (market) await market.dispose();
      else if (known !== null && !(known instanceof AppError)) await known.dispose();
    },
  };
}
