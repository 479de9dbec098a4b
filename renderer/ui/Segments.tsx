/** A choice between a few things that are all in view; the arrow keys move it. */
import { useId } from 'react';

interface Props<Value extends string> {
  /** What is being chosen, for screen readers. */
  readonly legend: string;
  readonly options: readonly { readonly value: Value; readonly name: string }[];
  /** Undefined while it is not known. */
  readonly chosen: Value | undefined;
  readonly size?: 'small';
  readonly onChoose: (value: Value) => void;
}

export function Segments<Value extends string>(props: Props<Value>) {
  const { legend, options, chosen, size, onChoose } = props;
  const group = useId();
  return (
    <fieldset className={size === 'small' ? 'segments segments-small' : 'segments'}>
      <legend className="only-read">{legend}</legend>
      {options.map(({ value, name }) => (
        <label key={value} className="segment">
          <input
            type="radio"
            name={group}
            checked={chosen === value}
            onChange={() => {
              onChoose(value);
            }}
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}
