/** Finds models on the model hub by name; nothing is sent before somebody presses Search. */
import { useState, type SubmitEvent } from 'react';
import { countOf } from '../../format/receipt-words.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import type { ModelSearchView } from '../../store/app-state.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';
import { FoundRow } from './FoundRow.tsx';

/** As main wants it. */
const SHORTEST = 2;
const LONGEST = 200;
const FIRST_SHOWN = 10;

const FAULT_ID = 'model-search-fault';
const ABOUT_ID = 'model-search-about';

export function SearchCard() {
  const search = useApp((state) => state.modelSearch);
  const { searchModels } = useActions();
  const [text, setText] = useState(search.text);
  const [isTooShort, setIsTooShort] = useState(false);
  const isBusy = search.state === 'searching';
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = text.trim();
    setIsTooShort(wanted.length < SHORTEST);
    if (wanted.length >= SHORTEST) void searchModels(wanted);
  };
  return (
    <Card title="Find more">
      <p className="quiet" id={ABOUT_ID}>
        Search asks the model hub Hugging Face over the internet for what you type. Nothing is sent
        before you press it.
      </p>
      <form className="model-search" role="search" aria-label="Model hub" onSubmit={submit}>
        <input
          type="search"
          className="text-field"
          value={text}
          placeholder="Name of a model"
          aria-label="Name of a model"
          aria-describedby={isTooShort ? `${FAULT_ID} ${ABOUT_ID}` : ABOUT_ID}
          aria-invalid={isTooShort}
          autoComplete="off"
          spellCheck={false}
          maxLength={LONGEST}
          onChange={({ target }) => {
            setText(target.value);
            setIsTooShort(false);
          }}
        />
        <Button type="submit" aria-disabled={isBusy}>
          {isBusy ? 'Searching' : 'Search'}
        </Button>
      </form>
      {isTooShort ? (
        <p className="field-fault" id={FAULT_ID} role="alert">
          Write at least two letters.
        </p>
      ) : null}
      <p className={search.state === 'failed' ? 'only-read' : 'quiet'} role="status">
        {searchWords(search)}
      </p>
      {search.state === 'failed' && search.failure ? (
        <FailureNote failure={search.failure} />
      ) : null}
      {/* Another search begins with few of its results again. */}
      <Results key={search.text} search={search} />
    </Card>
  );
}

function searchWords({ state, text, results, failure }: ModelSearchView): string {
  switch (state) {
    case 'none':
      return '';
    case 'searching':
      return `Asking the model hub for “${text}”.`;
    case 'failed':
      return `The search failed. ${failure?.message ?? ''}`;
    case 'done':
      return results.length === 0
        ? `The hub has no GGUF file for “${text}”. Try a shorter name.`
        : `${countOf(results.length, 'file')} for “${text}”`;
  }
}

function Results({ search: { results } }: { readonly search: ModelSearchView }) {
  const [isWhole, setIsWhole] = useState(false);
  const { target, onPress } = useKeptFocus<HTMLUListElement>();
  if (results.length === 0) return null;
  const shown = isWhole ? results : results.slice(0, FIRST_SHOWN);
  const more = results.length - shown.length;
  return (
    <>
      <ul ref={target} className="offers" aria-label="Search results" tabIndex={-1}>
        {shown.map((file) => (
          <FoundRow key={file.id} file={file} />
        ))}
      </ul>
      {more > 0 ? (
        <Button
          look="quiet"
          onClick={({ currentTarget }) => {
            onPress(currentTarget);
            setIsWhole(true);
          }}
        >
          Show {more} more
        </Button>
      ) : null}
    </>
  );
}
