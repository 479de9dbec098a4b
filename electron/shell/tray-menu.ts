/** What the tray shows for a state: icon, tooltip and menu, as data. */
import { assertNever } from '../platform/assert-never.ts';
import type { Status } from '../ipc/status.ts';
import { statusSentence } from '../ipc/status-words.ts';

/** What the tray knows of Lull. */
export interface TrayFacts {
  readonly status: Status;
  /** In this run: the status alone does not tell while a trial or the last relays run. */
  readonly isEarningOn: boolean;
  /** Answers of the owner's own chats and programs that are being written. */
  readonly answersInFlight: number;
  /** How long the owner has to be away before relays are served. */
  readonly awaySeconds: number;
}

export type TrayIcon = 'off' | 'waiting' | 'serving';
export type TrayAction = 'open' | 'pause' | 'resume' | 'earning-on' | 'earning-off' | 'quit';

export type TrayItem =
  /** Only says something. */
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'separator' }
  | { readonly kind: 'action'; readonly label: string; readonly action: TrayAction };

export interface TrayModel {
  readonly icon: TrayIcon;
  readonly tooltip: string;
  readonly items: readonly TrayItem[];
  /** Whether its words become untrue by the time that passes. */
  readonly ages: boolean;
}

/** How long *Pause* in the tray lasts. */
export const TRAY_PAUSE_MS = 3_600_000;

const SEPARATOR: TrayItem = { kind: 'separator' };

/** @param nowMs Unix milliseconds, as in the status */
export function trayModel(facts: TrayFacts, nowMs: number): TrayModel {
  const { status } = facts;
  const { sentence } = statusSentence(status, nowMs, facts.awaySeconds);
  return {
    icon: iconOf(status),
    tooltip: `Lull: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`,
    items: [
      { kind: 'text', label: sentence },
      ...answering(facts.answersInFlight),
      SEPARATOR,
      action('Open Lull', 'open'),
      ...pausing(facts),
      facts.isEarningOn
        ? action('Turn earning off', 'earning-off')
        : action('Turn earning on', 'earning-on'),
      SEPARATOR,
      action('Quit Lull', 'quit'),
    ],
    ages: status.reasons.some(({ untilMs }) => untilMs !== null),
  };
}

/** File name of an icon, for the folder `icons/tray`; larger ones lie beside it. */
export function trayIconFile(icon: TrayIcon, platform: NodeJS.Platform): string {
  if (platform === 'darwin') return `${icon}Template.png`;
  return platform === 'win32' ? `${icon}-16.png` : `${icon}-24.png`;
}

function iconOf({ mode }: Status): TrayIcon {
  switch (mode) {
    case 'off':
    case 'waiting':
    case 'serving':
      return mode;
    case 'draining':
      // Relays are still being served.
      return 'serving';
    default:
      return assertNever(mode);
  }
}

function answering(count: number): TrayItem[] {
  if (count === 0) return [];
  const label = count === 1 ? 'Writing an answer' : `Writing ${count} answers`;
  return [{ kind: 'text', label }];
}

function pausing({ status, isEarningOn }: TrayFacts): TrayItem[] {
  if (status.reasons.some(({ code }) => code === 'snoozed')) return [action('Resume', 'resume')];
  const isBusy = isEarningOn || status.mode === 'serving';
  return isBusy ? [action('Pause 1 hour', 'pause')] : [];
}

function action(label: string, what: TrayAction): TrayItem {
  return { kind: 'action', label, action: what };
}
