/** Settings: what runs the model, why, and what else was tried. */
import type { Candidate } from '../../../electron/ipc/snapshot.ts';
import { formatRate } from '../../format/numbers.ts';
import { backendName, candidateResult, deviceName } from '../../format/words.ts';
import { usedServer } from '../../store/selectors.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { engineFacts, layers, serverFacts } from './engine-facts.ts';
import { serverFailure } from './server-state.ts';

export function EngineSection() {
  const engine = useApp((state) => state.snapshot?.engine);
  const server = useApp(usedServer);
  const { probeAgain, restartEngine } = useActions();
  if (!engine) return null;
  const probing = engine.state === 'probing';
  return (
    <Card
      title="Engine"
      actions={
        <>
          <Button disabled={probing} onClick={() => void probeAgain()}>
            {probing ? 'Testing' : 'Test again'}
          </Button>
          <Button disabled={probing} onClick={() => void restartEngine()}>
            Restart engine
          </Button>
        </>
      }
    >
      {/* That of a server is said where the server is. */}
      {engine.failure && serverFailure(engine) === null ? (
        <FailureNote failure={engine.failure} />
      ) : null}
      <Facts facts={server ? serverFacts(engine, server) : engineFacts(engine)} />
      {/* What our own engine would run on says nothing about a server. */}
      {server === null && engine.candidates.length > 0 ? (
        <Candidates candidates={engine.candidates} />
      ) : null}
    </Card>
  );
}

const COLUMNS = ['Backend', 'Device', 'Result', 'Layers', 'Test answer', 'Speed', 'Why'] as const;

function Candidates({ candidates }: { readonly candidates: readonly Candidate[] }) {
  return (
    <>
      <h3>What was tried</h3>
      <div className="table-scroll" role="region" aria-label="What was tried" tabIndex={0}>
        <table className="candidates">
          <thead>
            <tr>
              {COLUMNS.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {candidates.map((candidate) => (
              <CandidateRow
                key={`${candidate.backend} ${String(candidate.deviceIndex)}`}
                candidate={candidate}
              />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function CandidateRow({ candidate }: { readonly candidate: Candidate }) {
  const { backend, device, state, goldenAnswer, tokensPerSecond, why } = candidate;
  return (
    <tr className={`candidate-${state}`}>
      <th scope="row">{backendName(backend)}</th>
      <td>{device === null ? '–' : deviceName(device)}</td>
      <td>
        <span className={`result result-${state}`}>{candidateResult(state)}</span>
      </td>
      <td>{layers(candidate.layersOffloaded, candidate.layersTotal) ?? '–'}</td>
      <td>{goldenAnswer === null ? '–' : goldenAnswer ? 'Right' : 'Wrong'}</td>
      <td>{tokensPerSecond === null ? '–' : formatRate(tokensPerSecond)}</td>
      <td className="candidate-why">{why}</td>
    </tr>
  );
}
