/** Where another server is and what it calls the model; what does not fit is said beside its field. */
import { useId, useRef, useState, type SubmitEvent } from 'react';
import { useActions } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { NO_FAULTS, readServer, type ServerFaults, type TypedServer } from './server-form.ts';

interface Props {
  readonly typed: TypedServer;
  readonly onType: (typed: TypedServer) => void;
  /** Told before the form may take itself away. */
  readonly onSend: (form: HTMLElement) => void;
}

const FIELDS = [
  { key: 'address', label: 'Address', placeholder: 'http://127.0.0.1:11434/v1', longest: 2048 },
  { key: 'model', label: 'Name of the model there', placeholder: 'qwen3:4b', longest: 512 },
] as const;

export function ServerForm({ typed, onType, onSend }: Props) {
  const { setServer } = useActions();
  const form = useRef<HTMLFormElement>(null);
  const [faults, setFaults] = useState<ServerFaults>(NO_FAULTS);
  const [isBusy, setBusy] = useState(false);

  const refuse = (found: ServerFaults) => {
    setFaults(found);
    const first = FIELDS.find(({ key }) => found[key] !== null);
    form.current?.querySelector<HTMLElement>(`[name="${first?.key ?? ''}"]`)?.focus();
  };

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (isBusy) return;
    const read = readServer(typed);
    if (read.faults !== null) {
      refuse(read.faults);
      return;
    }
    setFaults(NO_FAULTS);
    setBusy(true);
    if (form.current) onSend(form.current);
    void setServer(read.server).then((fault) => {
      setBusy(false);
      if (fault !== null) refuse({ ...NO_FAULTS, address: fault });
    });
  };

  return (
    <form ref={form} className="server-form" onSubmit={submit} noValidate>
      {FIELDS.map(({ key, ...field }) => (
        <Field
          key={key}
          name={key}
          {...field}
          value={typed[key]}
          fault={faults[key]}
          onType={(value) => {
            onType({ ...typed, [key]: value });
            setFaults({ ...faults, [key]: null });
          }}
        />
      ))}
      <Button type="submit" aria-disabled={isBusy}>
        Use this server
      </Button>
    </form>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly placeholder: string;
  readonly longest: number;
  readonly value: string;
  readonly fault: string | null;
  readonly onType: (value: string) => void;
}

function Field({ name, label, placeholder, longest, value, fault, onType }: FieldProps) {
  const id = useId();
  return (
    <div className="server-field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        name={name}
        type="text"
        inputMode={name === 'address' ? 'url' : 'text'}
        className="text-field"
        placeholder={placeholder}
        aria-invalid={fault !== null}
        aria-describedby={fault === null ? undefined : `${id}-fault`}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        maxLength={longest}
        value={value}
        onChange={({ target }) => {
          onType(target.value);
        }}
      />
      {fault === null ? null : (
        <p className="field-fault" id={`${id}-fault`} role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}
