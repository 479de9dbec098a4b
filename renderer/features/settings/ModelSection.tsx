/** Settings: which model answers, what it is, and which others are known. */
import type { ModelInfo } from '../../../electron/ipc/snapshot.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { modelFacts, modelLine } from './model-facts.ts';

export function ModelSection() {
  const current = useApp((state) => state.snapshot?.model.current ?? null);
  const known = useApp((state) => state.snapshot?.model.known);
  const { chooseModel } = useActions();
  return (
    <Card
      title="Model"
      actions={
        <Button look="primary" onClick={() => void chooseModel()}>
          Open a model file…
        </Button>
      }
    >
      {current ? (
        <>
          <p className="model-name">
            {current.name}
            {current.isStarter ? <span className="badge">Test model</span> : null}
          </p>
          {current.isStarter ? (
            <p className="quiet">
              It talks nonsense and only proves that everything works. For real answers, open a GGUF
              file of your own.
            </p>
          ) : null}
          <Facts facts={modelFacts(current)} />
        </>
      ) : (
        <p className="quiet">No model is open. Choose a file that ends in .gguf.</p>
      )}
      {known && known.length > 0 ? <KnownModels models={known} currentId={current?.id} /> : null}
      <p className="quiet">You can also drop a .gguf file anywhere on this window.</p>
    </Card>
  );
}

interface KnownProps {
  readonly models: readonly ModelInfo[];
  readonly currentId: string | undefined;
}

function KnownModels({ models, currentId }: KnownProps) {
  const { useModel: pick, forgetModel } = useActions();
  return (
    <>
      <h3>Known models</h3>
      <ul className="model-list">
        {models.map((model) => (
          <li key={model.id}>
            <div className="model-row">
              <p>{model.name}</p>
              <p className="quiet">{modelLine(model)}</p>
            </div>
            {model.id === currentId ? (
              <span className="badge">In use</span>
            ) : (
              <Button aria-label={`Use ${model.name}`} onClick={() => void pick(model.id)}>
                Use
              </Button>
            )}
            {model.isStarter ? null : (
              <Button
                look="quiet"
                aria-label={`Forget ${model.name}`}
                title="Takes it off this list; the file stays where it is"
                onClick={() => void forgetModel(model.id)}
              >
                Forget
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
