/** Finds the channel to the parent, whether this runs as an Electron utility process or a forked Node. */
import type { ParentChannel, Port } from './child.ts';

/** @throws Error when the process was started by hand and so has nobody to talk to. */
export function parentChannel(): ParentChannel {
  // Electron's types promise it everywhere; only a utility process has it.
  const port = process.parentPort as Electron.ParentPort | undefined;
  if (port) return utilityChannel(port);
  if (process.send) return forkChannel();
  throw new Error('this file is started by Lull, not by hand');
}

function utilityChannel(port: Electron.ParentPort): ParentChannel {
  return {
    post(message) {
      port.postMessage(message);
    },
    onMessage(listener) {
      port.on('message', (event) => {
        listener(event.data, event.ports.map(asPort));
      });
    },
    // There is no such event here: Chromium ends a utility process with the app, and a main process that
    // hangs is what the heartbeat is for.
    onDisconnect: () => undefined,
  };
}

function forkChannel(): ParentChannel {
  return {
    post(message) {
      // The parent may go away between two messages; the disconnect handler deals with that.
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage(listener) {
      process.on('message', (message) => {
        listener(message);
      });
    },
    onDisconnect(listener) {
      process.on('disconnect', listener);
    },
  };
}

/** Starts it: what was said before somebody listened is not lost. */
function asPort(port: Electron.MessagePortMain): Port {
  return {
    post(message) {
      port.postMessage(message);
    },
    onMessage(listener) {
      port.on('message', (event) => {
        listener(event.data);
      });
      port.start();
    },
    onClose(listener) {
      port.once('close', listener);
    },
    close() {
      port.close();
    },
  };
}
