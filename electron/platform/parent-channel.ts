/** Finds the channel to the parent, whether this runs as an Electron utility process or a forked Node. */
import type { ParentChannel } from './child.ts';

interface UtilityPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
}

/** @throws Error when the process was started by hand and so has nobody to talk to. */
export function parentChannel(): ParentChannel {
  const port = (process as { readonly parentPort?: UtilityPort }).parentPort;
  if (port) return utilityChannel(port);
  if (process.send) return forkChannel();
  throw new Error('this file is started by Lull, not by hand');
}

function utilityChannel(port: UtilityPort): ParentChannel {
  return {
    post(message) {
      port.postMessage(message);
    },
    onMessage(listener) {
      port.on('message', (event) => {
        listener(event.data);
      });
    },
    onDisconnect(listener) {
      port.on('close', listener);
    },
  };
}

function forkChannel(): ParentChannel {
  return {
    post(message) {
      // The parent may go away between two messages; the disconnect handler deals with that.
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage(listener) {
      process.on('message', listener);
    },
    onDisconnect(listener) {
      process.on('disconnect', listener);
    },
  };
}
