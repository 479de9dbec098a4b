/** What quitting would break off, in words. */

/** What is going on that quitting would end. */
export interface WorkInFlight {
  /** Relays being served to others. */
  readonly relays: number;
  /** Answers being written for the owner, in the window or through the endpoint. */
  readonly answers: number;
  /** Signed, kept on disk, and not yet on the chain. */
  readonly transactions: number;
}

export interface QuitWords {
  readonly title: string;
  readonly message: string;
  /** In the order of `QUIT_CHOICES`. */
  readonly buttons: readonly [finish: string, now: string, cancel: string];
}

/** What the owner may choose, in the order of the buttons. */
export const QUIT_CHOICES = ['finish', 'now', 'cancel'] as const;
export type QuitChoice = (typeof QUIT_CHOICES)[number];

/** How long *Finish first* waits at most. */
export const FINISH_MS = 60_000;

/** Null when nothing is lost by quitting at once. */
export function quitWords(work: WorkInFlight): QuitWords | null {
  const { relays, answers, transactions } = work;
  if (isIdle(work)) return null;
  const parts = [
    counted(relays, 'relay is being served', 'relays are being served'),
    counted(answers, 'answer is being written', 'answers are being written'),
    counted(
      transactions,
      'transaction is not on the chain yet',
      'transactions are not on the chain yet',
    ),
  ].filter((part) => part !== null);
  const sentences = [
    `${sentence(parts)}.`,
    'Finish first takes nothing new and quits when this is done, after a minute at the latest.',
    ...losses(work),
  ];
  return {
    title: 'Lull is in the middle of something',
    message: sentences.join(' '),
    buttons: ['Finish first', 'Quit now', 'Cancel'],
  };
}

export function isIdle({ relays, answers, transactions }: WorkInFlight): boolean {
  return relays + answers + transactions === 0;
}

function losses({ relays, answers, transactions }: WorkInFlight): string[] {
  const lost: string[] = [];
  if (relays > 0)
    lost.push('Quit now breaks the relays off: what they have not earned yet is lost.');
  if (answers > 0)
    lost.push(
      `${lost.length > 0 ? 'Answers' : 'Quit now breaks the answers off; they'} keep the text they have.`,
    );
  if (transactions > 0)
    lost.push('Transactions are kept on disk and sent again at the next start.');
  return lost;
}

function counted(count: number, one: string, many: string): string | null {
  if (count === 0) return null;
  return `${count} ${count === 1 ? one : many}`;
}

/** For example "2 relays are being served, 1 answer is being written and 1 transaction is not on the chain yet". */
function sentence(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${last}` : last;
}
