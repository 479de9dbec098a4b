/** How a model would run on this computer: a word with a colour, and the expected speed. */
import type { Fit } from '../../../electron/ipc/models.ts';
import { FIT_WORDS, speedWords } from './model-words.ts';

function FitBadge({ fit }: { readonly fit: Fit }) {
  return (
    <span className={`badge fit-badge fit-${fit.verdict}`}>
      <FitMeter verdict={fit.verdict} />
      <span className="only-read">On this computer: </span>
      {FIT_WORDS[fit.verdict]}
    </span>
  );
}

interface LineProps {
  readonly fit: Fit;
  /** Whether the numbers behind the badge are said as well. */
  readonly withWhy?: boolean;
}

export function FitLine({ fit, withWhy = false }: LineProps) {
  const speed = speedWords(fit);
  return (
    <p className="model-fit">
      <FitBadge fit={fit} />
      {speed === null ? null : <span className="model-speed">{speed}</span>}
      {withWhy ? <span className="quiet model-why">{fit.why}</span> : null}
    </p>
  );
}

const FILLED: Readonly<Record<Fit['verdict'], number>> = {
  fits: 5,
  tight: 8,
  partly: 11,
  'too-large': 14,
};

/** A vessel that is as full as the memory would be. */
function FitMeter({ verdict }: Pick<Fit, 'verdict'>) {
  const width = FILLED[verdict];
  return (
    <svg className="fit-meter" viewBox="0 0 16 10" aria-hidden="true">
      <rect className="fit-vessel" x="0.5" y="0.5" width="15" height="9" rx="2.5" />
      <rect className="fit-content" x="1" y="1" width={width} height="8" rx="2" />
    </svg>
  );
}
