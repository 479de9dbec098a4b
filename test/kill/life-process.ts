/** Entry of a life: loads everything, waits for its plan, lives it. Started by the harness. */
import { flushCompileCache } from 'node:module';
import { parentChannel } from '../../electron/platform/parent-channel.ts';
import { lifePlanSchema, type FromLife } from './life-plan.ts';
import { redirectToTaps } from './taps/redirect.ts';

redirectToTaps();
const { live } = await import('./life.ts');
flushCompileCache();

const channel = parentChannel();
const tell = (news: FromLife): void => {
  channel.post(news);
};
channel.onDisconnect(() => process.exit(0));
channel.onMessage((message) => {
  const plan = lifePlanSchema.parse(message);
  live(plan, tell).then(
    () => process.disconnect(),
    (error: unknown) => {
      tell({ type: 'failed', message: describe(error) });
      process.disconnect();
    },
  );
});
tell({ type: 'loaded' });

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const details = 'details' in error ? ` [${String(error.details)}]` : '';
  const cause = error.cause === undefined ? '' : ` because ${describe(error.cause)}`;
  return `${error.stack ?? error.message}${details}${cause}`;
}
