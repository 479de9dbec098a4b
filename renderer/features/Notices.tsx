/** What main wants read: failures of the app as a whole, each until it is dismissed. */
import { useActions, useApp, useAppContext } from '../store/use-app.tsx';
import { Button } from '../ui/Button.tsx';
import { FailureNote } from '../ui/FailureNote.tsx';

export function Notices() {
  const notices = useApp((state) => state.snapshot?.notices);
  const startFailure = useApp((state) => state.startFailure);
  const { dismissNotice } = useActions();
  const { refresh } = useAppContext();
  if (!startFailure && (notices?.length ?? 0) === 0) return null;
  return (
    <div className="notices" role="region" aria-label="Notices">
      {startFailure ? (
        <FailureNote failure={startFailure}>
          <Button onClick={() => void refresh()}>Try again</Button>
        </FailureNote>
      ) : null}
      {notices?.map(({ id, failure }) => (
        <FailureNote key={id} failure={failure} onDismiss={() => void dismissNotice(id)} />
      ))}
    </div>
  );
}
