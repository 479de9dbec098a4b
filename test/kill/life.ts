/** One life of both nodes: brings them up, settles and checks if asked to, and works until it dies or is done. */
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { isUnavailable } from '../../electron/chain/eip1193.ts';
import { createLog } from '../../electron/platform/log.ts';
import { createChooser } from '../fakes/step-queue.ts';
import { agreementOf } from './agreement.ts';
import { arm, armSigner } from './death.ts';
import { LIFE_FILES, type FromLife, type LifePlan } from './life-plan.ts';
import { openNodes, type Nodes } from './nodes.ts';
import { settleNodes } from './settle-nodes.ts';
import { work } from './workload.ts';

/** A chain that dies while nodes come up is asked again, as its owner would. */
const MAX_TRIES = 5;

export async function live(plan: LifePlan, tell: (news: FromLife) => void): Promise<void> {
  const { folder, seed } = plan;
  const log = createLog((line, level) => {
    const files = level === 'error' ? [LIFE_FILES.log, LIFE_FILES.errors] : [LIFE_FILES.log];
    for (const file of files) appendFileSync(path.join(folder, file), `${line}\n`);
  }, Date.now);
  log.info('a life begins', { plan: JSON.stringify(plan) });
  const choose = createChooser(seed);
  let isCalm = true;
  const faults = { strikes: (oneIn: number) => !isCalm && choose(oneIn) === 0 };
  if (plan.diesEarly) arm(folder, plan.death);
  const nodes = await openNodes(plan, faults, log);
  await bringUp(nodes);
  if (plan.settles) {
    await settleNodes(nodes);
    tell({ type: 'checked', ...(await agreementOf(nodes, folder, plan.verified)) });
  }
  isCalm = false;
  if (!plan.diesEarly) arm(folder, plan.death);
  armSigner(folder, plan.signerDeath);
  tell({ type: 'working', chainPid: nodes.chainPid() });
  await work(nodes, plan, choose);
  arm(folder, null);
  armSigner(folder, null);
  await nodes.dispose();
  tell({ type: 'done' });
}

async function bringUp(nodes: Nodes): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await nodes.restore();
      return;
    } catch (error) {
      if (!isUnavailable(error) || tries === MAX_TRIES) throw error;
    }
  }
}
