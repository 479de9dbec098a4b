/** A field for a passphrase. */
import type { ComponentProps } from 'react';
import { MAX_PASSPHRASE_LENGTH } from '../../electron/ipc/ceremony.ts';

interface Props extends Pick<ComponentProps<'input'>, 'autoFocus' | 'disabled' | 'aria-invalid'> {
  readonly label: string;
  readonly value: string;
  readonly isShown: boolean;
  readonly onChange: (text: string) => void;
}

export function PassphraseField({ label, isShown, onChange, ...rest }: Props) {
  return (
    <label className="wallet-field">
      <span>{label}</span>
      <input
        {...rest}
        type={isShown ? 'text' : 'password'}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={MAX_PASSPHRASE_LENGTH}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
    </label>
  );
}

interface ShowProps {
  readonly isShown: boolean;
  readonly onChange: (isShown: boolean) => void;
}

export function ShowTyped({ isShown, onChange }: ShowProps) {
  return (
    <label className="wallet-check">
      <input
        type="checkbox"
        checked={isShown}
        onChange={(event) => {
          onChange(event.target.checked);
        }}
      />
      <span>Show what I type</span>
    </label>
  );
}
