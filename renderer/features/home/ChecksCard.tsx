/** The doctor's checks in the order in which things depend on each other, each with what was seen and a way out. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Check } from '../../../electron/ipc/doctor.ts';
import { formatClock } from '../../format/times.ts';
import { useActions, useApp, useAppContext } from '../../store/use-app.tsx';
import { useDiscreet, veiled } from '../../store/use-discreet.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { AlertIcon, CheckIcon } from '../../ui/icons.tsx';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';
import { isOfferedByState } from './home-words.ts';
import { useFix } from './use-home-act.ts';

/** What was seen longer ago is looked at again when somebody opens Home. */
const FRESH_MS = 30_000;

const STATES: Readonly<Record<Check['state'], string>> = {
  ok: 'In order',
  running: 'Under way',
  off: 'Not in use',
  attention: 'Needs attention',
  failed: 'Failed',
};

export function ChecksCard() {
  const checks = useApp((state) => state.snapshot?.doctor.checks);
  const { isChecking, check } = useDoctor();
  if (!checks) return null;
  return (
    <Card
      title="Checks"
      actions={
        <>
          <CheckedWhen />
          <Button aria-disabled={isChecking} onClick={check}>
            {isChecking ? 'Checking' : 'Check again'}
          </Button>
        </>
      }
    >
      {checks.length === 0 ? (
        <p className="quiet">
          {isChecking ? 'Looking at everything once.' : 'Nothing was checked yet.'}
        </p>
      ) : (
        <ol className="doctor">
          {checks.map((each) => (
            <CheckRow key={each.id} check={each} />
          ))}
        </ol>
      )}
    </Card>
  );
}

function useDoctor() {
  const { store } = useAppContext();
  const { runDoctor } = useActions();
  const [isChecking, setChecking] = useState(false);
  const busy = useRef(false);
  const check = useCallback(() => {
    if (busy.current) return;
    busy.current = true;
    setChecking(true);
    void runDoctor().finally(() => {
      busy.current = false;
      setChecking(false);
    });
  }, [runDoctor]);
  useEffect(() => {
    const seenMs = store.getState().snapshot?.doctor.atMs ?? 0;
    if (Date.now() - seenMs < FRESH_MS || busy.current) return;
    busy.current = true;
    void runDoctor().finally(() => {
      busy.current = false;
    });
  }, [store, runDoctor]);
  return { isChecking, check };
}

function CheckedWhen() {
  const atMs = useApp((state) => state.snapshot?.doctor.atMs ?? 0);
  return atMs === 0 ? null : (
    <span className="quiet doctor-when">Checked at {formatClock(atMs)}</span>
  );
}

function CheckRow({ check }: { readonly check: Check }) {
  const { target, onPress } = useKeptFocus<HTMLLIElement>();
  const fixWith = useFix();
  const isDiscreet = useDiscreet();
  const { title, state, proof, fix } = check;
  const isOffered = useApp(({ snapshot }) =>
    snapshot && fix ? isOfferedByState(fix.action, snapshot.status) : false,
  );

  return (
    <li ref={target} className={`doctor-check doctor-${state}`} tabIndex={-1}>
      <span className="doctor-icon" aria-hidden="true">
        <Sign state={state} />
      </span>
      <div className="doctor-body">
        <p className="doctor-title">
          {title}
          <span className="doctor-state">{STATES[state]}</span>
        </p>
        <p className="doctor-proof">{isDiscreet ? withoutAddresses(proof) : proof}</p>
      </div>
      {fix && !isOffered ? (
        <Button
          aria-label={`${fix.label}: ${title}`}
          onClick={({ currentTarget }) => {
            onPress(currentTarget);
            void fixWith(fix.action);
          }}
        >
          {fix.label}
        </Button>
      ) : null}
    </li>
  );
}

function withoutAddresses(proof: string): string {
  return proof.replaceAll(/0x[0-9a-fA-F]{40}/g, (address) => veiled(address, true));
}

function Sign({ state }: { readonly state: Check['state'] }) {
  switch (state) {
    case 'ok':
      return <CheckIcon />;
    case 'running':
      return <span className="spinner" />;
    case 'off':
      return <span className="step-dot" />;
    case 'attention':
    case 'failed':
      return <AlertIcon />;
  }
}
