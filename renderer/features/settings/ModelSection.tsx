/** Settings: which model answers, what it is, and the way to all others. */
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { modelFacts } from './model-facts.ts';

export function ModelSection() {
  const current = useApp((state) => state.snapshot?.model.current ?? null);
  const { chooseModel, showTab } = useActions();
  return (
    <Card
      title="Model"
      actions={
        <>
          <Button onClick={() => void chooseModel()}>Open a model file…</Button>
          <Button
            look="primary"
            onClick={() => {
              showTab('models');
            }}
          >
            All models
          </Button>
        </>
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
              It talks nonsense and only proves that everything works. All models shows real ones
              that suit this computer.
            </p>
          ) : null}
          <Facts facts={modelFacts(current)} />
        </>
      ) : (
        <p className="quiet">No model is open. Choose a file that ends in .gguf.</p>
      )}
      <p className="quiet">You can also drop a .gguf file anywhere on this window.</p>
    </Card>
  );
}
