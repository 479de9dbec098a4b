/** Ends an exhaustive switch: a case added to the union and not handled fails the type check. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
