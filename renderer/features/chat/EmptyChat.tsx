/** A chat before its first question: three to start from, and what else there is to do. */
import { NEW_CHAT } from '../../store/app-state.ts';
import { serverName } from '../../format/server-words.ts';
import { usedServer } from '../../store/selectors.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { LullMark } from '../../ui/LullMark.tsx';
import { NextCard } from '../next/NextCard.tsx';
import { COMPOSER_ID } from './Composer.tsx';

const EXAMPLES = [
  'Explain how a refrigerator works, in five sentences.',
  'Write a short, polite email that moves a meeting to Thursday.',
  'Write a Python function that finds the longest word in a text.',
] as const;

export function EmptyChat() {
  const { setDraft } = useActions();
  const via = useApp((state) => state.via);
  const server = useApp(usedServer);
  return (
    <div className="empty">
      <LullMark size={40} />
      <h2>What would you like to ask?</h2>
      <p className="quiet">
        {via === 'local'
          ? server
            ? `Answers are written by ${serverName(server)}, which reads what you send.`
            : 'Answers are written on this computer. Nothing you type leaves it.'
          : 'Answers come from a Supplier and are paid with practice money, which is worth nothing.'}
      </p>
      <ul className="examples" aria-label="Example questions">
        {EXAMPLES.map((example) => (
          <li key={example}>
            <button
              type="button"
              onClick={() => {
                setDraft(NEW_CHAT, example);
                document.getElementById(COMPOSER_ID)?.focus();
              }}
            >
              {example}
            </button>
          </li>
        ))}
      </ul>
      <NextCard />
    </div>
  );
}
