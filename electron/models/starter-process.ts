/** Process entry: builds the test model for main, or, with --source DIR --target PATH, for a person at a terminal. */
import { parseArgs } from 'node:util';
import { toAppError } from '../platform/app-error.ts';
import type { ParentChannel } from '../platform/child.ts';
import { parentChannel } from '../platform/parent-channel.ts';
import { buildStarterFile, isStarterFile } from './starter-file.ts';
import { starterRequestSchema, type StarterReply } from './starter-messages.ts';

const byHand = process.argv.includes('--source');
if (byHand) process.exitCode = await runByHand();
else serve(parentChannel());

function serve(channel: ParentChannel): void {
  channel.onDisconnect(() => process.exit(0));
  channel.onMessage((message) => {
    const reply = (body: StarterReply) => {
      channel.post(body);
    };
    const request = starterRequestSchema.safeParse(message);
    if (!request.success) {
      reply({ type: 'failed', code: 'starter-failed', details: 'The request was malformed.' });
      return;
    }
    void answer(request.data, reply);
  });
}

/** Never rejects: every end is a message. */
async function answer(
  { sourceFolder, targetPath }: { readonly sourceFolder: string; readonly targetPath: string },
  reply: (body: StarterReply) => void,
): Promise<void> {
  try {
    const result = await buildStarterFile({ sourceFolder, targetPath }, (progress) => {
      reply({ type: 'progress', ...progress });
    });
    reply({ type: 'done', ...result });
  } catch (error) {
    const { code, details, message } = toAppError(error);
    reply({
      type: 'failed',
      code: code === 'disk-full' ? code : 'starter-failed',
      details: details ?? message,
    });
  }
}

/** Returns the exit code. */
async function runByHand(): Promise<number> {
  const { values } = parseArgs({
    options: { source: { type: 'string' }, target: { type: 'string' } },
  });
  if (values.source === undefined || values.target === undefined) {
    console.error('usage: starter-process --source DIR --target PATH');
    return 2;
  }
  if (await isStarterFile(values.target)) {
    console.log('Test model: already there.');
    return 0;
  }
  let shown = -1;
  try {
    const result = await buildStarterFile(
      { sourceFolder: values.source, targetPath: values.target },
      ({ fraction, detail }) => {
        const tenth = Math.floor(fraction * 10);
        if (tenth === shown) return;
        shown = tenth;
        console.log(`Test model: ${String(tenth * 10)} % (${detail})`);
      },
    );
    console.log(`Test model: done, ${String(result.sizeBytes)} bytes, checksum as pinned.`);
    return 0;
  } catch (error) {
    const { message, details } = toAppError(error);
    console.error(details === undefined ? message : `${message} ${details}`);
    return 1;
  }
}
