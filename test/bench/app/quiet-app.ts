/** Runs the real app without a driver, which would keep its page awake; main can be asked for something in between. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { appCommand } from './start-app.ts';

const WAIT_MS = 250;
const TRIES = 480;

/** Main is an ES module and has no `require` of its own. */
const ELECTRON_MODULE =
  "process.getBuiltinModule('node:module').createRequire(process.execPath)('electron')";

const replySchema = z.object({
  result: z.object({
    result: z.object({ value: z.unknown().optional() }),
    exceptionDetails: z.object({ text: z.string() }).optional(),
  }),
});
const refusalSchema = z.object({ error: z.object({ message: z.string() }) });

export interface QuietApp {
  readonly pid: number;
  /** Runs a line of JavaScript in main, where `electron` is at hand; nothing stays connected. */
  inMain(line: string): Promise<unknown>;
  /** The same in the page. */
  inPage(line: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** @param more arguments besides the places */
export async function startQuietApp(
  dataFolder: string,
  more: readonly string[] = [],
): Promise<QuietApp> {
  const { program, args, env } = appCommand(dataFolder);
  const child = spawn(program, ['--inspect=127.0.0.1:0', ...args, ...more], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { pid } = child;
  const address = await inspectorOf(child);
  if (pid === undefined) throw new Error('the app has no process');
  const inMain = (line: string): Promise<unknown> =>
    evaluate(address, `(async () => { const electron = ${ELECTRON_MODULE}; return ${line}; })()`);
  // The inspector listens before Node itself is complete.
  const isUp = "typeof globalThis.process?.getBuiltinModule === 'function'";
  await waitUntil(async () => (await evaluate(address, isUp)) === true);
  const window = 'electron.BrowserWindow.getAllWindows()[0]';
  return {
    pid,
    inMain,
    inPage: (line) => inMain(`${window}?.webContents.executeJavaScript(${JSON.stringify(line)})`),
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** Set-up is over, so that a question could be asked. */
export async function isSetUp(app: QuietApp): Promise<boolean> {
  const found = await app.inPage(
    `lull.command['app.snapshot']().then(({ value }) => value.setup.phase === 'done')`,
  );
  return found === true;
}

/** Asks until it is so; an app that still starts may answer with an error. @throws Error when it never is */
export async function waitUntil(isSo: () => Promise<boolean>): Promise<void> {
  let trouble: unknown = null;
  for (let tried = 0; tried < TRIES; tried += 1) {
    try {
      if (await isSo()) return;
    } catch (error) {
      trouble = error;
    }
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
  throw new Error('the app did not get ready', { cause: trouble });
}

async function inspectorOf(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('standard error is not piped');
  for await (const line of createInterface({ input: child.stderr })) {
    const [, address] = /Debugger listening on (ws:\S+)/.exec(line) ?? [];
    if (address === undefined) continue;
    // What it says from here on is not read, and must not fill the pipe.
    child.stderr.resume();
    return address;
  }
  throw new Error('the app ended before it could be reached');
}

async function evaluate(address: string, expression: string): Promise<unknown> {
  const socket = new WebSocket(address);
  try {
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => {
        reject(new Error('main cannot be reached'));
      });
    });
    const params = { expression, awaitPromise: true, returnByValue: true };
    const reply = new Promise<string>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        resolve(String(data));
      });
    });
    socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }));
    const answer: unknown = JSON.parse(await reply);
    const refused = refusalSchema.safeParse(answer);
    if (refused.success) throw new Error(refused.data.error.message);
    const { result } = replySchema.parse(answer);
    if (result.exceptionDetails) throw new Error(result.exceptionDetails.text);
    return result.result.value;
  } finally {
    socket.close();
  }
}
