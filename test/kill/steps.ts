/** The moments of relay and redemption at which the harness kills, by name. */

/** Reached in main, in the order in which a relay and its redemption pass them. */
export const MAIN_STEPS = [
  'signing',
  'signed',
  'relay-sent before',
  'relay-sent written',
  'request leaving',
  'relay-accepted before',
  'relay-accepted written',
  'engine asked',
  'engine first token',
  'engine middle',
  'engine end',
  'cancel leaving',
  'relay-served before',
  'relay-served written',
  'receipt leaving',
  'receipt arriving',
  'relay-paid before',
  'relay-paid written',
  'resync asked',
  'relay-voided written',
  'resync answered',
  'relay-released written',
  'transaction signed',
  'transaction journalled',
  'transaction leaving',
  'transaction answered',
  'transaction recorded',
  'redeemed before',
  'redeemed written',
] as const;
export type MainStep = (typeof MAIN_STEPS)[number];

/** Reached only when something was lost on the way, which the real edges do not do by themselves. */
export const AFTER_A_LOSS: readonly MainStep[] = [
  'resync asked',
  'relay-voided written',
  'resync answered',
  'relay-released written',
];

/** Reached in the chain process, around the line that it writes for each transaction. */
export const CHAIN_STEPS = ['chain line half', 'chain line written', 'chain line synced'] as const;
export type ChainStep = (typeof CHAIN_STEPS)[number];

/** Reached in main, where the signer then dies and main goes on: before it has signed, and before main has heard. */
export const SIGNER_STEPS = ['signer asked', 'signer answering'] as const;
export type SignerStep = (typeof SIGNER_STEPS)[number];

/** At no step at all: whenever the clock says. */
export const RANDOM_KILLS = ['main at random', 'chain at random'] as const;
export type RandomKill = (typeof RANDOM_KILLS)[number];

export type Step = MainStep | ChainStep | SignerStep | RandomKill;
export const STEPS: readonly Step[] = [
  ...MAIN_STEPS,
  ...CHAIN_STEPS,
  ...SIGNER_STEPS,
  ...RANDOM_KILLS,
];
