/** What Windows tells of its battery, its saver and its network. Not seen working: there was no such computer. */
import process from 'node:process';
import path from 'node:path';
import type { Reader } from './reader.ts';
import type { RunTool } from './run-tool.ts';
import { WINDOWS_SCRIPT, windowsValues, type WindowsKey } from './windows-output.ts';

/** Each question starts a PowerShell, which is no small program; plugs are told by events in main. */
const EVERY_MS = 60_000;
const LIMIT_MS = 20_000;

export function createWindowsReaders(runTool: RunTool): readonly Reader<WindowsKey>[] {
  return [
    {
      keys: ['batteryPercent', 'isSavingPower', 'isMetered'],
      everyMs: EVERY_MS,
      deadlineMs: LIMIT_MS + 1_000,
      async read() {
        const text = await runTool(powershell(), ARGUMENTS, LIMIT_MS);
        return { values: windowsValues(text), source: 'Windows' };
      },
    },
  ];
}

const ARGUMENTS = ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', WINDOWS_SCRIPT];

/** The one that belongs to the system, whatever lies first on the path; the newer one lacks these classes. */
function powershell(): string {
  const root = process.env.SystemRoot ?? 'C:\\Windows';
  return path.win32.join(root, 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe');
}
