/** A calm, permanent word about a model that people should not expect real answers from. */
import { isTestModel, needsSetup } from '../../store/selectors.ts';
import { offersModel } from '../next/next-steps.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';

const TEST_MODEL =
  'Test model: it talks nonsense and only proves that everything works. Get a real one for real answers.';
const BASE_MODEL =
  'This model has no chat template: it continues text instead of answering. For a chat, get an instruction-tuned model.';

export function ModelStrip() {
  const settingUp = useApp(needsSetup);
  const isTest = useApp(isTestModel);
  const isBase = useApp((state) => state.snapshot?.model.current?.hasChatTemplate === false);
  const isOffered = useApp(offersModel);
  const { showTab } = useActions();
  // While the setup card or the next steps are there, they say the same and offer the same.
  if (settingUp || (!isTest && !isBase) || isOffered) return null;
  return (
    <aside className="strip strip-model" aria-label="About this model">
      <p>{isTest ? TEST_MODEL : BASE_MODEL}</p>
      <Button
        onClick={() => {
          showTab('models');
        }}
      >
        Show models
      </Button>
    </aside>
  );
}
