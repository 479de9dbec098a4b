/** A setting that is either left as it is or consists of a few typed fields; nothing is saved until all are right. */
import { useId, useRef, useState, type SubmitEvent } from 'react';
import type { FieldPlan, Faults, FormPlan, Typed } from './form-plan.ts';
import { Button } from './Button.tsx';
import { Segments } from './Segments.tsx';

interface Props<Key extends string, Value> {
  readonly legend: string;
  readonly about: string;
  /** Names of the two choices. */
  readonly none: string;
  readonly some: string;
  readonly plan: FormPlan<Key, Value>;
  readonly value: Value | null;
  readonly onSet: (value: Value | null) => void;
}

export function OptionalForm<Key extends string, Value>(props: Props<Key, Value>) {
  const { legend, about, none, some, plan, value, onSet } = props;
  const [isOpening, setOpening] = useState(false);
  const isOpen = value !== null || isOpening;
  return (
    <div className="optional">
      <p className="optional-title">{legend}</p>
      <p className="quiet">{about}</p>
      <Segments
        legend={legend}
        size="small"
        options={[
          { value: 'none', name: none },
          { value: 'some', name: some },
        ]}
        chosen={isOpen ? 'some' : 'none'}
        onChoose={(choice) => {
          setOpening(choice === 'some');
          if (choice === 'none' && value !== null) onSet(null);
        }}
      />
      {isOpen ? <TypedForm {...{ legend, plan, value, onSet }} /> : null}
    </div>
  );
}

type FormProps<Key extends string, Value> = Pick<
  Props<Key, Value>,
  'legend' | 'plan' | 'value' | 'onSet'
>;

function TypedForm<Key extends string, Value>(props: FormProps<Key, Value>) {
  const { legend, plan, value, onSet } = props;
  const saved = value === null ? null : plan.write(value);
  const [typed, setTyped] = useState<Typed<Key>>(saved ?? plan.empty);
  const [faults, setFaults] = useState<Faults>({});
  const form = useRef<HTMLFormElement>(null);
  const savedText = saved === null ? '' : Object.values(saved).join(' ');
  const [shown, setShown] = useState(savedText);
  // What was typed gives way to what main has saved, and the field keeps the focus.
  if (shown !== savedText) {
    setShown(savedText);
    setTyped(saved ?? plan.empty);
    setFaults({});
  }
  const isSaved = saved !== null && plan.fields.every(({ key }) => typed[key] === saved[key]);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const read = plan.read(typed);
    setFaults(read.faults ?? {});
    if (read.faults === null) {
      onSet(read.value);
      return;
    }
    const wrong = plan.fields.find(({ key }) => read.faults[key] !== undefined);
    form.current?.querySelector<HTMLElement>(`[name="${wrong?.key ?? ''}"]`)?.focus();
  };

  return (
    <form ref={form} className="optional-form" aria-label={legend} onSubmit={submit} noValidate>
      {plan.fields.map((field) => (
        <Field
          key={field.key}
          field={field}
          text={typed[field.key]}
          fault={faults[field.key] ?? null}
          onType={(text) => {
            setTyped({ ...typed, [field.key]: text });
            setFaults({ ...faults, [field.key]: undefined });
          }}
        />
      ))}
      <Button type="submit" className="button-small" aria-disabled={isSaved}>
        {isSaved ? 'Saved' : 'Save'}
      </Button>
    </form>
  );
}

interface FieldProps {
  readonly field: FieldPlan<string>;
  readonly text: string;
  readonly fault: string | null;
  readonly onType: (text: string) => void;
}

function Field({ field, text, fault, onType }: FieldProps) {
  const id = useId();
  const { key, label, unit, inputMode, placeholder } = field;
  return (
    <div className="optional-field">
      <label htmlFor={id}>{label}</label>
      <span className="optional-input">
        <input
          id={id}
          name={key}
          type="text"
          inputMode={inputMode}
          className="text-field"
          placeholder={placeholder}
          aria-invalid={fault !== null}
          aria-describedby={fault === null ? `${id}-unit` : `${id}-unit ${id}-fault`}
          autoComplete="off"
          spellCheck={false}
          maxLength={20}
          value={text}
          onChange={({ target }) => {
            onType(target.value);
          }}
        />
        <span className="quiet" id={`${id}-unit`}>
          {unit}
        </span>
      </span>
      {fault === null ? null : (
        <p className="field-fault" id={`${id}-fault`} role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}
