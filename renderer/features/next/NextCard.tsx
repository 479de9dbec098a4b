/** What to do next, each step with a way to leave it for later. */
import { useId } from 'react';
import type { NextStep } from '../../../electron/ipc/snapshot.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { COMPOSER_ID } from '../chat/Composer.tsx';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';
import { openSteps, skippedSteps, STEP_WORDS, toSteps } from './next-steps.ts';

interface Props {
  /** On Home steps that were skipped are listed too, to be taken up again, and none is the main thing to do. */
  readonly withSkipped?: boolean;
}

/** Nothing at all once there is nothing left to do. */
export function NextCard({ withSkipped = false }: Props) {
  const id = useId();
  const { target, onPress } = useKeptFocus<HTMLElement>(COMPOSER_ID);
  const open = toSteps(useApp(openSteps));
  const skipped = toSteps(useApp(skippedSteps));
  if (open.length === 0 && (!withSkipped || skipped.length === 0)) return null;
  return (
    <section ref={target} className="card next" tabIndex={-1} aria-labelledby={id}>
      <h2 id={id}>Next</h2>
      <ul>
        {open.map((step, index) => (
          <StepRow
            key={step}
            step={step}
            isMain={index === 0 && !withSkipped}
            isSkipped={false}
            onPress={onPress}
          />
        ))}
        {withSkipped
          ? skipped.map((step) => (
              <StepRow key={step} step={step} isMain={false} isSkipped onPress={onPress} />
            ))
          : null}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly step: NextStep;
  /** Whether nothing else on the screen matters as much. */
  readonly isMain: boolean;
  readonly isSkipped: boolean;
  /** Told before a button takes itself away. */
  readonly onPress: (button: HTMLElement) => void;
}

function StepRow({ step, isMain, isSkipped, onPress }: RowProps) {
  const { skipStep, resumeStep, showTab, tryEarning } = useActions();
  const { label, why } = STEP_WORDS[step];

  function start(): void {
    if (isSkipped) void resumeStep(step);
    if (step === 'model') {
      showTab('models');
      return;
    }
    showTab('earnings');
    void tryEarning();
  }

  return (
    <li className="next-step">
      <p>{why}</p>
      <div className="next-actions">
        <Button look={isMain ? 'primary' : 'plain'} onClick={start}>
          {label}
        </Button>
        {isSkipped ? (
          <span className="quiet">Skipped</span>
        ) : (
          <Button
            look="quiet"
            aria-label={`Skip: ${label}`}
            title="Home keeps it for later"
            onClick={({ currentTarget }) => {
              onPress(currentTarget);
              void skipStep(step);
            }}
          >
            Skip
          </Button>
        )}
      </div>
    </li>
  );
}
