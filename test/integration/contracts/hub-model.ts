/** What the hub should do, told as plainly as possible: no rings, no packing, no lazy sums. */

export interface ModelParameters {
  readonly epochSeconds: number;
  readonly redeemSeconds: number;
  readonly windowEpochs: number;
  readonly reserveEpochs: number;
  readonly royaltyBps: number;
}

export interface ModelRow {
  readonly application: number;
  readonly draw: number;
  readonly amount: bigint;
  readonly cumulative: bigint;
  readonly key: number;
}

export interface Redemption {
  readonly supplier: number;
  readonly service: number;
  readonly epoch: number;
  readonly rows: readonly ModelRow[];
}

export type Outcome =
  { readonly ok: true; readonly total: bigint } | { readonly ok: false; readonly error: string };

interface Terms {
  readonly fromEpoch: number;
  readonly budget: bigint;
  readonly suppliers: readonly number[];
}

interface KeyTerm {
  readonly key: number;
  readonly fromEpoch: number;
  untilEpoch: number;
}

interface Stake {
  balance: bigint;
  thawing: bigint;
  thawedAtSeconds: number;
  thawEndEpoch: number;
  readonly keys: KeyTerm[];
}

/** Somebody asked for a quote, and was told that this draw will be paid. */
interface Promised {
  readonly application: number;
  readonly service: number;
  readonly epoch: number;
  readonly draw: number;
  readonly supplier: number;
  readonly allowance: bigint;
}

const BPS = 10_000n;

export class HubModel {
  nowSeconds: number;
  readonly stakes: Stake[];
  /** By supplier; the source of every model comes last. */
  readonly credits: bigint[];
  readonly parameters: ModelParameters;
  private readonly terms = new Map<string, Terms[]>();
  private readonly paid = new Map<string, bigint>();
  private readonly promised = new Map<string, Promised>();

  constructor(
    parameters: ModelParameters,
    nowSeconds: number,
    applications: number,
    suppliers: number,
  ) {
    this.parameters = parameters;
    this.nowSeconds = nowSeconds;
    this.stakes = Array.from({ length: applications }, () => ({
      balance: 0n,
      thawing: 0n,
      thawedAtSeconds: 0,
      thawEndEpoch: 0,
      keys: [],
    }));
    this.credits = Array.from({ length: suppliers + 1 }, () => 0n);
  }

  get epoch(): number {
    return Math.floor(this.nowSeconds / this.parameters.epochSeconds);
  }

  /** Every epoch that can be redeemed now. */
  get openEpochs(): readonly number[] {
    const all = Array.from({ length: this.parameters.windowEpochs }, (_, at) => this.epoch - at);
    return all.filter((epoch) => this.isOpen(epoch));
  }

  isOpen(epoch: number): boolean {
    const { epochSeconds, redeemSeconds } = this.parameters;
    return epoch <= this.epoch && this.nowSeconds < (epoch + 1) * epochSeconds + redeemSeconds;
  }

  stake(application: number): Stake {
    const stake = this.stakes[application];
    if (stake === undefined) throw new Error(`no application ${application}`);
    return stake;
  }

  held(): bigint {
    const stakes = this.stakes.reduce((sum, { balance }) => sum + balance, 0n);
    return this.credits.reduce((sum, credit) => sum + credit, stakes);
  }

  isCovered(application: number, sum: bigint): boolean {
    const { balance, thawing } = this.stake(application);
    return balance - thawing >= BigInt(this.parameters.reserveEpochs) * sum;
  }

  change(application: number, service: number, terms: Terms): void {
    const key = `${application}/${service}`;
    const all = this.terms.get(key) ?? [];
    this.terms.set(key, [...all.filter(({ fromEpoch }) => fromEpoch < terms.fromEpoch), terms]);
  }

  termsAt(application: number, service: number, epoch: number): Terms {
    const all = this.terms.get(`${application}/${service}`) ?? [];
    const found = all.findLast(({ fromEpoch }) => fromEpoch <= epoch);
    return found ?? { fromEpoch: 0, budget: 0n, suppliers: [] };
  }

  sumAt(application: number, epoch: number, services: number): bigint {
    let sum = 0n;
    for (let service = 0; service < services; service++) {
      sum += this.termsAt(application, service, epoch).budget;
    }
    return sum;
  }

  grant(application: number, key: number, fromEpoch: number): void {
    this.endKey(application);
    this.stake(application).keys.push({ key, fromEpoch, untilEpoch: Infinity });
  }

  endKey(application: number): boolean {
    const last = this.stake(application).keys.findLast(({ untilEpoch }) => untilEpoch === Infinity);
    if (last === undefined) return false;
    last.untilEpoch = this.epoch + 1;
    return true;
  }

  isKeyValid(application: number, key: number, epoch: number): boolean {
    return this.stake(application).keys.some(
      (term) => term.key === key && term.fromEpoch <= epoch && epoch < term.untilEpoch,
    );
  }

  paidOn(application: number, service: number, epoch: number, draw: number): bigint {
    return this.paid.get([application, service, epoch, draw].join('/')) ?? 0n;
  }

  allowance(application: number, service: number, epoch: number): bigint {
    const { budget, suppliers } = this.termsAt(application, service, epoch);
    return suppliers.length === 0 ? 0n : budget / BigInt(suppliers.length);
  }

  /** All or nothing, as a transaction is. */
  redeem(redemption: Redemption): Outcome {
    const { supplier, epoch, rows } = redemption;
    if (!this.isOpen(epoch)) return { ok: false, error: 'EpochNotOpen' };
    const balances = this.stakes.map(({ balance }) => balance);
    const paid = new Map(this.paid);
    let total = 0n;
    for (const row of rows) {
      const error = this.refusal(redemption, row);
      if (error !== null) {
        this.restore(balances, paid);
        return { ok: false, error };
      }
      total += this.pay(redemption, row);
    }
    const royalty = (total * BigInt(this.parameters.royaltyBps)) / BPS;
    this.addCredit(this.credits.length - 1, royalty);
    this.addCredit(supplier, total - royalty);
    return { ok: true, total };
  }

  /** Notes what a supplier was promised, as soon as a quote would promise it. */
  promise(application: number, service: number, supplier: number, draw: number): void {
    const { epoch } = this;
    const allowance = this.allowance(application, service, epoch);
    const key = [application, service, epoch, draw].join('/');
    this.promised.set(key, { application, service, epoch, draw, supplier, allowance });
  }

  /** What all who were promised something could still ask for at this moment. */
  owed(application: number): bigint {
    let owed = 0n;
    for (const promised of this.promised.values()) {
      if (promised.application !== application || !this.isOpen(promised.epoch)) continue;
      const { service, epoch, draw } = promised;
      owed += promised.allowance - this.paidOn(application, service, epoch, draw);
    }
    return owed;
  }

  addCredit(owner: number, amount: bigint): void {
    this.credits[owner] = (this.credits[owner] ?? 0n) + amount;
  }

  private refusal({ supplier, service, epoch }: Redemption, row: ModelRow): string | null {
    const { application, draw, amount, cumulative, key } = row;
    if (amount > cumulative) return 'AboveVoucher';
    if (amount <= this.paidBy(supplier, application, service, epoch, draw)) return null;
    if (this.termsAt(application, service, epoch).suppliers[draw] !== supplier) return 'NotPinned';
    if (amount > this.allowance(application, service, epoch)) return 'AboveAllowance';
    return this.isKeyValid(application, key, epoch) ? null : 'BadSignature';
  }

  private pay({ supplier, service, epoch }: Redemption, row: ModelRow): bigint {
    const { application, draw, amount } = row;
    const before = this.paidBy(supplier, application, service, epoch, draw);
    if (amount <= before) return 0n;
    const stake = this.stake(application);
    const due = amount - before;
    const pays = due < stake.balance ? due : stake.balance;
    stake.balance -= pays;
    this.paid.set([application, service, epoch, draw].join('/'), before + pays);
    return pays;
  }

  /** Nobody but the draw's supplier was ever paid on it. */
  private paidBy(
    supplier: number,
    application: number,
    service: number,
    epoch: number,
    draw: number,
  ): bigint {
    const own = this.termsAt(application, service, epoch).suppliers[draw] === supplier;
    return own ? this.paidOn(application, service, epoch, draw) : 0n;
  }

  private restore(balances: readonly bigint[], paid: ReadonlyMap<string, bigint>): void {
    for (const [at, balance] of balances.entries()) this.stake(at).balance = balance;
    this.paid.clear();
    for (const [key, value] of paid) this.paid.set(key, value);
  }
}
