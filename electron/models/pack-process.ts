/** Process entry: unpacks one pack, so that an archive from outside is never read in main. */
import { toAppError } from '../platform/app-error.ts';
import { parentChannel } from '../platform/parent-channel.ts';
import { unpackOrderSchema, type UnpackOrder, type UnpackReply } from './pack-messages.ts';
import { unpackPack } from './pack-unpack.ts';

const channel = parentChannel();
channel.onDisconnect(() => process.exit(0));
channel.onMessage((message) => {
  void unpack(unpackOrderSchema.parse(message));
});

async function unpack(order: UnpackOrder): Promise<void> {
  let reply: UnpackReply;
  try {
    await unpackPack(order);
    reply = { type: 'done' };
  } catch (error) {
    const { code, details } = toAppError(error);
    reply = { type: 'failed', code, details: details ?? null };
  }
  channel.post(reply);
}
