/** Process entry: makes the embedding model when it is not there, loads it, and embeds one request after the other. */
import { constants, setPriority } from 'node:os';
import { EMBEDDER } from '../models/embedder-model.ts';
import { prepareEmbedder } from '../models/embedder-file.ts';
import { systemClock } from '../platform/clock.ts';
import { PULSE_LOST_MS, watchPulse } from '../platform/heartbeat.ts';
import { parentChannel } from '../platform/parent-channel.ts';
import { openEmbeddingModel } from './llama-embedding-adapter.ts';
import { runEmbedding } from './embedding-worker.ts';

setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const exit = () => {
  // Not `process.exit`, which runs destructors of native libraries while their threads still work.
  process.kill(process.pid, 'SIGKILL');
};
const channel = parentChannel();
channel.onDisconnect(exit);

runEmbedding({
  channel,
  pulse: watchPulse(systemClock, PULSE_LOST_MS, exit),
  async open({ sourceFolder, modelPath }) {
    await prepareEmbedder(sourceFolder, modelPath);
    return openEmbeddingModel(modelPath, EMBEDDER.contextTokens);
  },
});
