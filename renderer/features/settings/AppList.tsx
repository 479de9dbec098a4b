/** A list of programs, by name, to which others are added and from which each can be removed. */
import { useId, useRef, useState, type SubmitEvent } from 'react';
import { Button } from '../../ui/Button.tsx';
import { CloseIcon } from '../../ui/icons.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { appFault } from './governor-form.ts';

interface Props {
  readonly legend: string;
  readonly about: string;
  readonly names: readonly string[];
  readonly onChange: (names: readonly string[]) => void;
}

export function AppList({ legend, about, names, onChange }: Props) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const [fault, setFault] = useState<string | null>(null);

  const add = (event: SubmitEvent) => {
    event.preventDefault();
    const found = appFault(typed, names);
    setFault(found);
    field.current?.focus();
    if (found !== null) return;
    setTyped('');
    onChange([...names, typed.trim()]);
  };

  return (
    <div className="optional">
      <p className="optional-title" id={`${id}-title`}>
        {legend}
      </p>
      <p className="quiet" id={`${id}-about`}>
        {about}
      </p>
      {names.length === 0 ? null : (
        <ul className="app-list" aria-labelledby={`${id}-title`}>
          {names.map((name) => (
            <li key={name}>
              <span>{name}</span>
              <IconButton
                label={`Remove ${name}`}
                onClick={() => {
                  onChange(names.filter((each) => each !== name));
                  // The button goes; the keyboard stays in the list.
                  field.current?.focus();
                }}
              >
                <CloseIcon />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <form className="app-add" onSubmit={add} noValidate>
        <input
          ref={field}
          type="text"
          className="text-field"
          aria-label={`${legend}: add a program`}
          placeholder="Name of a program"
          aria-invalid={fault !== null}
          aria-describedby={fault === null ? `${id}-about` : `${id}-fault`}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={typed}
          onChange={({ target }) => {
            setTyped(target.value);
            setFault(null);
          }}
        />
        <Button type="submit" className="button-small">
          Add
        </Button>
        {fault === null ? null : (
          <p className="field-fault" id={`${id}-fault`} role="alert">
            {fault}
          </p>
        )}
      </form>
    </div>
  );
}
