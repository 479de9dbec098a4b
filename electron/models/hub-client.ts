/** Asks the model hub from main: each search in a process of its own that ends with it. */
import { AppError } from '../platform/app-error.ts';
import type { SpawnChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { hubReplySchema, type HubFile, type HubRequest } from './hub-messages.ts';

const HUB_URL = 'https://huggingface.co/';

/** Above what the process allows itself. */
const PATIENCE_MS = 60_000;

export interface HubClient {
  /** A search that is under way ends first, as cancelled. @throws AppError `hub-unreachable` or `cancelled` */
  search(text: string): Promise<readonly HubFile[]>;
  dispose(): void;
}

export interface HubClientPorts {
  readonly spawn: SpawnChild;
  readonly clock: Pick<Clock, 'after'>;
}

export function createHubClient({ spawn, clock }: HubClientPorts, baseUrl = HUB_URL): HubClient {
  let stop: ((why: AppError) => void) | null = null;
  return {
    search(text) {
      stop?.(new AppError('cancelled'));
      return new Promise((resolve, reject) => {
        const child = spawn('hub-process', { name: 'Lull model search' });
        const finish = (settle: () => void): void => {
          stopWaiting();
          if (stop === end) stop = null;
          child.kill();
          settle();
        };
        const end = (why: AppError): void => {
          finish(() => {
            reject(why);
          });
        };
        stop = end;
        const stopWaiting = clock.after(PATIENCE_MS, () => {
          end(new AppError('hub-unreachable', { details: 'It does not answer.' }));
        });
        child.onExit(() => {
          end(new AppError('hub-unreachable', { details: 'The search ended unexpectedly.' }));
        });
        child.onMessage((message) => {
          const reply = hubReplySchema.safeParse(message);
          if (!reply.success) {
            end(new AppError('hub-unreachable', { details: 'The search spoke nonsense.' }));
          } else if (reply.data.type === 'failed') {
            end(new AppError('hub-unreachable', { details: reply.data.details }));
          } else {
            const { files } = reply.data;
            finish(() => {
              resolve(files);
            });
          }
        });
        const request: HubRequest = { type: 'search', baseUrl, text };
        child.post(request);
      });
    },
    dispose() {
      stop?.(new AppError('cancelled', { details: 'Lull is closing' }));
    },
  };
}
