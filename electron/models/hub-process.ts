/** Process entry: asks the model hub once, for whoever wants to search it. */
import { toAppError } from '../platform/app-error.ts';
import { parentChannel } from '../platform/parent-channel.ts';
import { boundedJson } from './bounded-json.ts';
import { hubRequestSchema, type HubReply, type HubRequest } from './hub-messages.ts';
import { searchHub } from './hub-search.ts';

const MAX_DETAILS_LENGTH = 400;
const channel = parentChannel();

channel.onDisconnect(() => process.exit(0));
channel.onMessage((raw) => {
  void answer(hubRequestSchema.parse(raw));
});

/** Never rejects: every end is a message. */
async function answer({ text, baseUrl }: HubRequest): Promise<void> {
  let reply: HubReply;
  try {
    const files = await searchHub(text, baseUrl, (url) => boundedJson(url));
    reply = { type: 'found', files };
  } catch (error) {
    const { details, message } = toAppError(error);
    reply = { type: 'failed', details: (details ?? message).slice(0, MAX_DETAILS_LENGTH) };
  }
  channel.post(reply);
}
