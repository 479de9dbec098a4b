/** Something that is on or off, with a sentence about what that means. */
import { useId } from 'react';

interface Props {
  readonly label: string;
  readonly about: string;
  readonly isOn: boolean;
  readonly onChange: (on: boolean) => void;
}

export function Switch({ label, about, isOn, onChange }: Props) {
  const id = useId();
  return (
    <div className="switch-row">
      <div>
        <label htmlFor={id}>{label}</label>
        <p className="quiet" id={`${id}-about`}>
          {about}
        </p>
      </div>
      <input
        id={id}
        type="checkbox"
        role="switch"
        className="switch"
        aria-describedby={`${id}-about`}
        checked={isOn}
        onChange={(event) => {
          onChange(event.target.checked);
        }}
      />
    </div>
  );
}
