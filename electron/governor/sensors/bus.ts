/** A message bus of the system, as readers ask it. */

export interface BusCall {
  /** Who is asked: `org.freedesktop.UPower`. It is not started when it does not run. */
  readonly service: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** D-Bus types of the arguments. */
  readonly signature?: string;
  readonly args?: readonly unknown[];
}

export interface Bus {
  /** @returns the values of the answer. @throws BusError; a call without an answer fails in time */
  call(call: BusCall): Promise<readonly unknown[]>;
  /** Lets go of the connection; the next call makes a new one. */
  close(): void;
}

/** `absent`: nobody has that name; `refused`: the answer is an error; `broken`: the bus does not answer. */
export type BusFailure = 'absent' | 'refused' | 'broken';

export class BusError extends Error {
  override readonly name = 'BusError';
  readonly failure: BusFailure;
  constructor(failure: BusFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.failure = failure;
  }
}

/** Where a property is to be found. */
export interface BusProperty {
  readonly service: string;
  readonly path: string;
  readonly interface: string;
  readonly name: string;
}

/** @returns null when its service does not run. @throws BusError */
export async function readProperty(bus: Bus, property: BusProperty): Promise<unknown> {
  try {
    const [variant] = await bus.call({
      service: property.service,
      path: property.path,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      signature: 'ss',
      args: [property.interface, property.name],
    });
    return variantValue(variant);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** Whether nobody with that name is on the bus. */
export function isAbsent(error: unknown): boolean {
  return error instanceof BusError && error.failure === 'absent';
}

/** A variant comes as its parsed type and a list of one value. */
export function variantValue(variant: unknown): unknown {
  if (!Array.isArray(variant) || !Array.isArray(variant[1])) return undefined;
  const values: readonly unknown[] = variant[1];
  return values[0];
}
