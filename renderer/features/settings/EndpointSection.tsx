/** Settings: the address for other programs on this computer, and how to use it. */
import type { Endpoint } from '../../../electron/ipc/snapshot.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { endpointExamples } from './endpoint-examples.ts';

const STATES: Readonly<Record<Endpoint['state'], string>> = {
  starting: 'Starting',
  listening: 'Listening on this computer only',
  failed: 'Not running',
};

export function EndpointSection() {
  const endpoint = useApp((state) => state.snapshot?.endpoint);
  const { copyToken } = useActions();
  if (!endpoint) return null;
  const { state, url, tokenPath, failure } = endpoint;
  return (
    <Card
      title="Endpoint"
      actions={
        <Button disabled={state !== 'listening'} onClick={() => void copyToken()}>
          Copy token
        </Button>
      }
    >
      <p className="quiet">
        Other programs on this computer can ask the same model through an address that speaks the
        OpenAI API.
      </p>
      {failure ? <FailureNote failure={failure} /> : null}
      <dl className="fact-list">
        <div>
          <dt>State</dt>
          <dd>{STATES[state]}</dd>
        </div>
        {url === null ? null : (
          <div>
            <dt>Base URL</dt>
            <dd className="fact-copy">
              <code>{url}</code>
              <CopyButton text={() => url} what="Base URL" label="Copy base URL" />
            </dd>
          </div>
        )}
        {tokenPath === null ? null : (
          <div>
            <dt>Token file</dt>
            <dd className="fact-copy">
              <code>{tokenPath}</code>
              <CopyButton text={() => tokenPath} what="Path" label="Copy path of the token file" />
            </dd>
          </div>
        )}
      </dl>
      {url === null ? null : <Examples url={url} />}
    </Card>
  );
}

function Examples({ url }: { readonly url: string }) {
  return (
    <details className="examples-fold">
      <summary>Examples</summary>
      <p className="quiet">Put the token into the environment variable TOKEN first.</p>
      {endpointExamples(url).map(({ title, code }) => (
        <figure key={title} className="code-block">
          <figcaption className="code-head">
            <span>{title}</span>
            <CopyButton text={() => code} what="Example" label={`Copy the ${title} example`} />
          </figcaption>
          <pre tabIndex={0} role="region" aria-label={`Example, ${title}`}>
            <code>{code}</code>
          </pre>
        </figure>
      ))}
    </details>
  );
}
