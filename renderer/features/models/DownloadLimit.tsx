/** How fast downloads may be: as fast as they come, or at most so many megabytes a second. */
import { useState, type SubmitEvent } from 'react';
import { useActions } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { megabytes, parseLimit } from './download-limit.ts';

const CHOICES = [
  { value: 'none', name: 'No limit' },
  { value: 'limited', name: 'At most' },
] as const;

const FIRST_LIMIT = 5_000_000;
const FAULT_ID = 'download-limit-fault';

interface Props {
  /** In bytes per second; null for none. */
  readonly limit: number | null;
}

export function DownloadLimit({ limit }: Props) {
  const { setDownloadLimit } = useActions();
  return (
    <div className="download-limit">
      <p className="limit-title">Download speed</p>
      <div className="limit-row">
        <Segments
          legend="Download speed"
          options={CHOICES}
          chosen={limit === null ? 'none' : 'limited'}
          onChoose={(choice) => void setDownloadLimit(choice === 'none' ? null : FIRST_LIMIT)}
        />
        {limit === null ? null : <LimitForm limit={limit} />}
      </div>
    </div>
  );
}

function LimitForm({ limit }: { readonly limit: number }) {
  const { setDownloadLimit } = useActions();
  const [typed, setTyped] = useState(megabytes(limit));
  const [fault, setFault] = useState<string | null>(null);
  const [shown, setShown] = useState(limit);
  // What was typed gives way to what main has saved, and the field keeps the focus.
  if (shown !== limit) {
    setShown(limit);
    setTyped(megabytes(limit));
    setFault(null);
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const parsed = parseLimit(typed);
    setFault(parsed.fault);
    if (parsed.fault === null) void setDownloadLimit(parsed.bytesPerSecond);
  };
  return (
    <form className="limit-form" onSubmit={submit} noValidate>
      <input
        type="text"
        inputMode="decimal"
        className="text-field limit-field"
        aria-label="Megabytes per second"
        aria-invalid={fault !== null}
        aria-describedby={fault === null ? undefined : FAULT_ID}
        autoComplete="off"
        maxLength={10}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          setFault(null);
        }}
      />
      <span className="quiet">MB/s</span>
      <Button
        type="submit"
        className="button-small"
        aria-disabled={typed.trim() === megabytes(limit)}
      >
        Set
      </Button>
      {fault === null ? null : (
        <p className="field-fault" id={FAULT_ID} role="alert">
          {fault}
        </p>
      )}
    </form>
  );
}
