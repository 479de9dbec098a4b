/** `lull models`: which models can be had and how each would run here; with an id, fetches one. */
import type { Hub } from '../hub/hub.ts';
import type { Download, Models, OfferedModel } from '../ipc/models.ts';
import { gigabytes } from '../models/fit-verdict.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import type { DesktopApp } from './compose-desktop.ts';
import { tellSteps } from './tell-steps.ts';
import { describeFailure, EXIT, type Terminal } from './terminal.ts';

type ModelsApp = Pick<DesktopApp, 'node' | 'models' | 'start'>;

/** @returns the exit code */
export async function runModels(
  app: ModelsApp,
  terminal: Terminal,
  json: boolean,
  id: string | null,
): Promise<number> {
  const { hub, preparation } = app.node;
  const stopTelling = tellSteps(hub, terminal);
  try {
    await app.start();
    app.models.start();
    // How a model runs here is known once the backends were tested.
    await preparation.ready();
    stopTelling();
    const models = await until(
      hub,
      ({ offered, failure }) => offered.length > 0 || failure !== null,
    );
    if (models.failure) throw new AppError(models.failure.code);
    if (id === null) list(models, terminal, json);
    else await fetchOne(app, id, terminal, json);
    return EXIT.ok;
  } catch (error) {
    terminal.tell(describeFailure(toAppError(error)));
    return EXIT.failed;
  } finally {
    stopTelling();
  }
}

function list({ offered, disk }: Models, terminal: Terminal, json: boolean): void {
  for (const offer of offered) {
    if (json) terminal.print(JSON.stringify(offer));
    else for (const line of linesOf(offer)) terminal.print(line);
  }
  if (!json) terminal.print(`${gigabytes(disk.freeBytes)} are free in ${disk.folder}`);
}

function linesOf({ id, name, licence, sizeBytes, why, fit, ...rest }: OfferedModel): string[] {
  const speed = fit.tokensPerSecond;
  const rate =
    speed === null ? '' : ` ${fit.isMeasured ? 'Measured' : 'About'} ${String(speed)} tok/s.`;
  return [
    id,
    `  ${name}, ${gigabytes(sizeBytes)}, ${licence ?? 'licence unknown'}${rest.modelId === null ? '' : ' (here)'}`,
    `  ${why}`,
    `  ${fit.verdict}: ${fit.why}${rate}`,
    ...(rest.recommendation === null ? [] : [`  Recommended: ${rest.recommendation}`]),
    '',
  ];
}

async function fetchOne(
  { node, models }: ModelsApp,
  id: string,
  terminal: Terminal,
  json: boolean,
): Promise<void> {
  const stopTelling = tellProgress(node.hub, id, terminal, json);
  try {
    await models.download(id);
    const wanted = wantedIn(await until(node.hub, (now) => isOver(now, id)), id);
    const failure = wanted?.download?.failure;
    if (failure) throw new AppError(failure.code, detailsOf(failure.details));
    if (wanted?.hereAs == null) throw new AppError('not-found');
    terminal.print(json ? JSON.stringify({ ok: true, modelId: wanted.hereAs }) : wanted.hereAs);
  } finally {
    stopTelling();
  }
}

function detailsOf(details: string | null): { readonly details?: string } {
  return details === null ? {} : { details };
}

interface Wanted {
  readonly download: Download | null;
  /** What it is called once it is here. */
  readonly hereAs: string | null;
}

/** A model or a pack; null for one that is not on the list, or not any more. */
function wantedIn({ offered, packs }: Models, id: string): Wanted | null {
  const pack = packs.find((each) => each.id === id);
  if (pack) return { download: pack.download, hereAs: pack.state === 'installed' ? id : null };
  const offer = offered.find((each) => each.id === id);
  return offer ? { download: offer.download, hereAs: offer.modelId } : null;
}

function isOver(models: Models, id: string): boolean {
  const wanted = wantedIn(models, id);
  return wanted === null || wanted.hereAs !== null || wanted.download?.state === 'failed';
}

/** A line for each per cent. */
function tellProgress(hub: Hub, id: string, terminal: Terminal, json: boolean): () => void {
  let told = '';
  return hub.onPatch(({ changes }) => {
    const download = changes.models && wantedIn(changes.models, id)?.download;
    if (!download) return;
    const { state, doneBytes, totalBytes, bytesPerSecond, from } = download;
    const percent = Math.floor((100 * doneBytes) / totalBytes);
    const at = `${state} ${String(percent)}`;
    if (at === told) return;
    told = at;
    if (json) {
      terminal.print(JSON.stringify({ id, state, doneBytes, totalBytes, from }));
      return;
    }
    const rate = bytesPerSecond === null ? '' : `, ${gigabytes(bytesPerSecond)} per second`;
    terminal.tell(`${state}: ${String(percent)} % of ${gigabytes(totalBytes)}${rate}`);
  });
}

/** Resolves with the first picture of models that is as wished. */
function until(hub: Hub, isWished: (models: Models) => boolean): Promise<Models> {
  const now = hub.snapshot().models;
  if (isWished(now)) return Promise.resolve(now);
  return new Promise((resolve) => {
    const stop = hub.onPatch(({ changes }) => {
      if (!changes.models || !isWished(changes.models)) return;
      stop();
      resolve(changes.models);
    });
  });
}
