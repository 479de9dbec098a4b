/** The words, to be written down. They cannot be selected or copied: a clipboard is read by many. */
import { Button } from '../ui/Button.tsx';
import { Page } from './Page.tsx';

interface Props {
  readonly words: readonly string[];
  readonly onBack: () => void;
  readonly onNext: () => void;
}

export function ShownWords({ words, onBack, onNext }: Props) {
  return (
    <Page
      title="Write these words down"
      onSubmit={onNext}
      actions={
        <>
          <Button onClick={onBack}>Back</Button>
          <Button look="primary" type="submit">
            I have written them down
          </Button>
        </>
      }
    >
      <p>On paper, in this order. Not in a photo, a note or a file.</p>
      <ol className="wallet-words" aria-label="Recovery phrase">
        {words.map((word, index) => (
          <li key={index}>
            <span className="wallet-number">{index + 1}</span>
            <span>{word}</span>
          </li>
        ))}
      </ol>
    </Page>
  );
}
