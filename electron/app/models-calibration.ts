/** What this computer can do, as the window shows it: measures the current model when asked, and remembers it. */
import { z } from 'zod';
import type { Calibration } from '../ipc/models.ts';
import type { ModelInfo } from '../ipc/snapshot.ts';
import type { Measured } from '../models/fit-speed.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import { drop } from '../platform/drop.ts';
import { failureText } from '../platform/failure-text.ts';
import { jsonFile } from '../platform/json-file.ts';
import type { Log } from '../platform/log.ts';
import type { Machine } from './models-hardware.ts';
import { measureModel, type MeasurePorts } from './models-measure.ts';
import { fileKey } from './models-view.ts';

/** The oldest is forgotten first. */
const MAX_REMEMBERED = 50;

const rate = z.number().positive();
const savedSchema = z
  .array(
    z.strictObject({
      file: z.string(),
      modelName: z.string(),
      sizeBytes: z.number().positive(),
      backend: z.string(),
      device: z.string(),
      promptTokensPerSecond: rate,
      tokensPerSecond: rate,
      fourTokensPerSecond: rate,
    }),
  )
  .readonly();

export interface CalibrationPorts extends MeasurePorts {
  readonly log: Log;
  /** Resolves when the model that would be run, and where, is known. @throws AppError why it will not be */
  readonly ready: () => Promise<void>;
  readonly current: () => ModelInfo | null;
  readonly machine: () => Machine;
  readonly onChange: () => void;
}

export interface Calibrations {
  measured(): readonly Measured[];
  view(): Calibration;
  /** Begins; while one is running, ends that. */
  toggle(): void;
  /** Resolves when none is running. */
  over(): Promise<void>;
  dispose(): void;
}

/** @param path of the file in which measurements are remembered */
export function createCalibrations(path: string, ports: CalibrationPorts): Calibrations {
  const { log, onChange } = ports;
  const store = jsonFile({
    path,
    schema: savedSchema,
    fallback: [],
    onDamaged: (keptAs) => {
      log.warn('the remembered measurements were damaged', { keptAs });
    },
  });
  let measured: readonly Measured[] = store.read();
  let running: { readonly abort: AbortController; readonly modelName: string | null } | null = null;
  let work = Promise.resolve();
  let progress = 0;
  let failure: AppError | null = null;

  async function run(abort: AbortController): Promise<void> {
    await ports.ready();
    const model = ports.current();
    if (!model) throw new AppError('no-model');
    running = { abort, modelName: model.name };
    onChange();
    const rates = await measureModel(ports, abort.signal, (value) => {
      progress = value;
      onChange();
    });
    if (ports.current()?.version !== model.version) throw new AppError('engine-restarted');
    const { backend, device } = ports.machine();
    const file = fileKey(model);
    const others = measured.filter(
      (each) => each.file !== file || each.backend !== backend || each.device !== device,
    );
    const entry = {
      ...rates,
      file,
      modelName: model.name,
      sizeBytes: model.sizeBytes,
      backend,
      device,
    };
    const next = [entry, ...others].slice(0, MAX_REMEMBERED);
    store.write(next);
    measured = next;
  }

  async function begin(): Promise<void> {
    const abort = new AbortController();
    running = { abort, modelName: ports.current()?.name ?? null };
    progress = 0;
    failure = null;
    onChange();
    try {
      await run(abort);
    } catch (error) {
      failure = abort.signal.aborted ? null : toAppError(error);
    } finally {
      running = null;
      onChange();
    }
  }

  return {
    measured: () => measured,
    view() {
      const model = ports.current();
      const { backend, device } = ports.machine();
      const here = measured.find(
        (each) =>
          model !== null &&
          each.file === fileKey(model) &&
          each.backend === backend &&
          each.device === device,
      );
      const rates = {
        promptTokensPerSecond: here?.promptTokensPerSecond ?? null,
        tokensPerSecond: here?.tokensPerSecond ?? null,
        fourTokensPerSecond: here?.fourTokensPerSecond ?? null,
      };
      const modelName = running?.modelName ?? here?.modelName ?? null;
      const shared = { ...rates, modelName };
      if (running) return { ...shared, state: 'running', progress, failure: null };
      if (failure) {
        return { ...shared, state: 'failed', progress: null, failure: failureText(failure) };
      }
      return { ...shared, state: here ? 'done' : 'none', progress: null, failure: null };
    },
    toggle() {
      if (running) {
        running.abort.abort();
        return;
      }
      work = begin();
      drop(work, 'measuring the model', log);
    },
    over: () => work,
    dispose() {
      running?.abort.abort();
    },
  };
}
