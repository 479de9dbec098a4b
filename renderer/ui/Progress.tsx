/** A thin bar; without a value it only says that something goes on. */
interface Props {
  readonly label: string;
  /** 0 to 1, or null while the length is not known. */
  readonly value: number | null;
}

export function Progress({ label, value }: Props) {
  const now = value === null ? null : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      className={now === null ? 'progress progress-unknown' : 'progress'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(now === null ? {} : { 'aria-valuenow': now })}
    >
      <span className="progress-bar" style={now === null ? {} : { width: `${String(now)}%` }} />
    </div>
  );
}
