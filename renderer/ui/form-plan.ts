/** What a form of typed fields consists of, and how what is typed becomes one value. */

/** Fields of a form and how they become one value; `faults` has a sentence for each field that is wrong. */
export interface FormPlan<Key extends string, Value> {
  readonly fields: readonly FieldPlan<Key>[];
  readonly read: (typed: Typed<Key>) => ReadForm<Value>;
  readonly write: (value: Value) => Typed<Key>;
  /** What stands in the fields before there is a value. */
  readonly empty: Typed<Key>;
}

export interface FieldPlan<Key extends string> {
  readonly key: Key;
  readonly label: string;
  readonly unit?: string;
  readonly inputMode: 'decimal' | 'numeric' | 'text';
  readonly placeholder?: string;
}

export type Typed<Key extends string> = Readonly<Record<Key, string>>;
/** By field; a field that is right is not in it. */
export type Faults = Readonly<Partial<Record<string, string>>>;
export type ReadForm<Value> =
  { readonly value: Value; readonly faults: null } | { readonly faults: Faults };
