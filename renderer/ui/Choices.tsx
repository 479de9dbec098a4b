/** A choice between things that each need a sentence; the arrow keys move it. */
import { useId } from 'react';

interface Props<Value extends string> {
  readonly legend: string;
  readonly options: readonly {
    readonly value: Value;
    readonly name: string;
    readonly about: string;
  }[];
  readonly chosen: Value;
  readonly onChoose: (value: Value) => void;
}

export function Choices<Value extends string>({ legend, options, chosen, onChoose }: Props<Value>) {
  const group = useId();
  return (
    <fieldset className="choices">
      <legend>{legend}</legend>
      {options.map(({ value, name, about }) => (
        <label key={value} className="choice">
          <input
            type="radio"
            name={group}
            checked={chosen === value}
            onChange={() => {
              onChoose(value);
            }}
          />
          <span>
            <span className="choice-name">{name}</span>
            <span className="quiet">{about}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
