/** What the keyring process does at each step of making, importing or unlocking the wallet. */
import {
  type CeremonyInput,
  type CeremonyName,
  type CeremonyOutput,
  type Purpose,
  type Strength,
} from '../ipc/ceremony.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import type { Random } from '../platform/random.ts';
import { addressOfKey } from './key-address-adapter.ts';
import type { MainKey } from './main-key.ts';
import type { PassphraseAttempts } from './passphrase-attempts.ts';
import { passphraseStrength, requireStrength, type Guessing } from './passphrase.ts';
import { privateKeyFrom } from './phrase-adapter.ts';
import { createPhraseDraft } from './phrase-draft.ts';
import { checkPhrase } from './phrase.ts';
import {
  createVault,
  damaged,
  readVault,
  replaceVault,
  type VaultBody,
  type VaultKdf,
} from './vault-file.ts';
import { openVault, sealVault, VAULT_COST } from './vault.ts';

export interface CeremonyDeps {
  readonly purpose: Purpose;
  /** Holds the vault. */
  readonly folder: string;
  readonly random: Random;
  /** Loaded with the first passphrase. */
  readonly guessing: () => Promise<Guessing>;
  /** Told to main, so that opening the window again does not end a wait. */
  readonly attempts: PassphraseAttempts;
  readonly mainKey: MainKey;
  /** Of new vaults; `VAULT_COST` unless a test is in a hurry. */
  readonly cost?: Pick<VaultKdf, 'N' | 'r' | 'p'>;
}

type CeremonyAnswers = {
  readonly [Name in CeremonyName]: (
    input: CeremonyInput<Name>,
  ) => CeremonyOutput<Name> | Promise<CeremonyOutput<Name>>;
};

export interface CeremonySteps {
  readonly answers: CeremonyAnswers;
  /** Whether a vault was written or opened. */
  isDone(): boolean;
  /** Overwrites what was not kept. */
  dispose(): void;
}

export function createCeremonySteps(deps: CeremonyDeps): CeremonySteps {
  const { purpose, folder, random, attempts } = deps;
  const draft = createPhraseDraft(random);
  let isDone = false;

  async function strengthOf(passphrase: string): Promise<Strength> {
    return passphraseStrength(passphrase, await deps.guessing(), draft.words());
  }

  const answers: CeremonyAnswers = {
    begin: () => ({ purpose, address: begin(folder, purpose), waitMs: attempts.waitMs() }),
    makeWords({ count }) {
      requirePurpose(purpose, 'create');
      const { words, asked } = draft.make(count);
      return { words: [...words], asked: [...asked] };
    },
    confirmWords({ answers: typed }) {
      const wrong = draft.confirm(typed);
      if (wrong === undefined) throw outOfTurn();
      return { wrong };
    },
    checkWords: ({ text }) => checkPhrase(text),
    useWords({ text }) {
      requirePurpose(purpose, 'import');
      const address = addressFrom(draft.take(text));
      const found = readVault(folder);
      if (found.state === 'there' && found.body.address !== address) {
        draft.discard();
        throw otherWallet(found.body);
      }
      return { address };
    },
    checkPassphrase: ({ passphrase }) => strengthOf(passphrase),
    async seal({ passphrase, again }) {
      const entropy = draft.confirmed();
      if (!entropy) throw outOfTurn();
      if (passphrase !== again) throw refused('The two passphrases are not the same.');
      requireStrength(await strengthOf(passphrase));
      const body = await seal(deps, entropy, passphrase);
      isDone = true;
      draft.discard();
      return { address: body.address };
    },
    async unlock({ passphrase }) {
      requirePurpose(purpose, 'unlock');
      if (attempts.waitMs() === 0 && (await open(deps, passphrase))) isDone = true;
      return { isOpen: isDone, waitMs: attempts.waitMs() };
    },
  };
  return { answers, isDone: () => isDone, dispose: draft.discard };
}

/**
 * @returns the address of the wallet that is there, null when there is none
 * @throws AppError when nothing can be made, imported or unlocked
 */
function begin(folder: string, purpose: Purpose): string | null {
  const found = readVault(folder);
  if (purpose !== 'import' && found.state === 'damaged') throw found.failure;
  if (purpose === 'create' && found.state === 'there') throw new AppError('wallet-exists');
  if (purpose === 'unlock' && found.state === 'none') throw new AppError('not-found');
  return found.state === 'there' ? found.body.address : null;
}

async function seal(
  { folder, purpose, random, cost = VAULT_COST }: CeremonyDeps,
  entropy: Uint8Array,
  passphrase: string,
): Promise<VaultBody> {
  const address = addressFrom(entropy);
  const body = await sealVault({ entropy, passphrase, address, random, cost });
  store(folder, purpose, body);
  return body;
}

/** @returns false when the passphrase is wrong */
async function open(deps: CeremonyDeps, passphrase: string): Promise<boolean> {
  const { folder, attempts, mainKey } = deps;
  const found = readVault(folder);
  if (found.state === 'none') throw new AppError('not-found');
  if (found.state === 'damaged') throw found.failure;
  let entropy: Uint8Array;
  attempts.tried();
  try {
    entropy = await openVault(found.body, passphrase);
  } catch (error) {
    if (toAppError(error).code !== 'passphrase-wrong') throw error;
    return false;
  }
  attempts.right();
  try {
    const key = privateKeyFrom(entropy);
    if (addressOfKey(key) !== found.body.address) {
      key.fill(0);
      throw damaged(folder);
    }
    mainKey.hold(key, found.body.address);
    return true;
  } finally {
    entropy.fill(0);
  }
}

/** The same words under a new passphrase are the same wallet; any other takes nobody's place. */
function store(folder: string, purpose: Purpose, body: VaultBody): void {
  const found = readVault(folder);
  if (found.state === 'none') createVault(folder, body);
  else if (found.state === 'damaged') {
    if (purpose !== 'import') throw found.failure;
    replaceVault(folder, body);
  } else if (found.body.address === body.address) replaceVault(folder, body);
  else throw otherWallet(found.body);
}

function addressFrom(entropy: Uint8Array): string {
  const key = privateKeyFrom(entropy);
  try {
    return addressOfKey(key);
  } finally {
    key.fill(0);
  }
}

function requirePurpose(purpose: Purpose, wanted: Purpose): void {
  if (purpose !== wanted) throw outOfTurn();
}

function outOfTurn(): AppError {
  return refused('This step is not next.');
}

function refused(details: string): AppError {
  return new AppError('bad-request', { details });
}

function otherWallet({ address }: VaultBody): AppError {
  return new AppError('wallet-exists', {
    details: `The wallet on this computer is ${address}; these words belong to another one.`,
  });
}
