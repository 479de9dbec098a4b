/** The end of the steps: one sentence, and a button that closes the window. */
import type { ReactNode } from 'react';
import type { FailureText } from '../../electron/ipc/result.ts';
import { Button } from '../ui/Button.tsx';
import { FullAddress } from './FullAddress.tsx';
import { Page } from './Page.tsx';

interface Props {
  readonly title: string;
  readonly failure?: FailureText;
  readonly children?: ReactNode;
  readonly onClose: () => void;
}

export function LastPage({ title, failure, children, onClose }: Props) {
  return (
    <Page
      title={title}
      failure={failure ?? null}
      onSubmit={onClose}
      actions={
        <Button look="primary" type="submit">
          Close
        </Button>
      }
    >
      {children}
    </Page>
  );
}

interface SealedProps {
  readonly address: string;
  readonly onClose: () => void;
}

export function SealedPage({ address, onClose }: SealedProps) {
  return (
    <LastPage title="Your wallet is ready" onClose={onClose}>
      <p>This is its address. It is no secret: others send money to it.</p>
      <FullAddress address={address} />
      <p>
        The wallet is locked now. You unlock it with your passphrase when a real network needs your
        signature; practice and earning go on without it.
      </p>
    </LastPage>
  );
}
