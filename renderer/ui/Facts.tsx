/** Names and values in two columns. Values that are not known are left out. */
export interface Fact {
  readonly name: string;
  readonly value: string | null;
  /** For what a machine made: hashes, addresses. */
  readonly isCode?: true;
}

export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className="fact-list">
      {facts.map(({ name, value, isCode }) =>
        value === null ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{isCode === true ? <code>{value}</code> : value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
