/** The practice accounts with their addresses, and where their keys are kept. */
import { useState } from 'react';
import type { Wallet, WalletAccount } from '../../../electron/ipc/wallet.ts';
import { addressGroups } from '../../format/addresses.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { useDiscreet } from '../../store/use-discreet.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Identicon } from '../../ui/Identicon.tsx';
import { PracticeBadge } from '../../ui/PracticeBadge.tsx';
import { QrCode } from './QrCode.tsx';

const ROLES: Readonly<
  Record<WalletAccount['role'], { readonly name: string; readonly what: string }>
> = {
  owner: { name: 'Your account', what: 'holds the money and the stake' },
  supplier: { name: 'Supplier', what: 'signs receipts for what you serve' },
  relay: { name: 'Relay key', what: 'signs questions, worth at most their budget' },
};

const KEPT: Readonly<Record<NonNullable<Wallet['keptIn']>, string>> = {
  'key-store': 'Their keys lie in your data folder, sealed by the key store of your system.',
  file: 'Their keys lie in a file in your data folder that only your user account can read; this system offers Lull no key store.',
};

export function AccountsCard() {
  const accounts = useApp((state) => state.snapshot?.wallet.accounts);
  const keptIn = useApp((state) => state.snapshot?.wallet.keptIn ?? null);
  const [shown, setShown] = useState<WalletAccount | null>(null);
  if (!accounts) return null;
  return (
    <>
      <Card title="Practice accounts" actions={<PracticeBadge />}>
        {accounts.length === 0 ? (
          <p className="quiet">
            They are made by themselves when the practice network first starts.
          </p>
        ) : (
          <ul className="accounts">
            {accounts.map((account) => (
              <AccountRow key={account.role} account={account} onShow={setShown} />
            ))}
          </ul>
        )}
        {keptIn === null ? null : <p className="quiet accounts-kept">{KEPT[keptIn]}</p>}
      </Card>
      {shown ? (
        <QrDialog
          account={shown}
          onClose={() => {
            setShown(null);
          }}
        />
      ) : null}
    </>
  );
}

interface RowProps {
  readonly account: WalletAccount;
  readonly onShow: (account: WalletAccount) => void;
}

function AccountRow({ account, onShow }: RowProps) {
  const { role, address } = account;
  const { copyAddress } = useActions();
  const isDiscreet = useDiscreet();
  const { name, what } = ROLES[role];
  return (
    <li className="account">
      {isDiscreet ? null : <Identicon address={address} />}
      <div className="account-words">
        <h3>
          {name} <span>{what}</span>
        </h3>
        {isDiscreet ? (
          <p className="quiet">Hidden in discreet mode</p>
        ) : (
          <Groups address={address} />
        )}
      </div>
      <div className="account-actions">
        <Button
          className="button-small"
          aria-label={`Copy the address: ${name}`}
          onClick={() => void copyAddress(role)}
        >
          Copy
        </Button>
        {isDiscreet ? null : (
          <Button
            className="button-small"
            aria-label={`Show as QR code: ${name}`}
            onClick={() => {
              onShow(account);
            }}
          >
            QR
          </Button>
        )}
      </div>
    </li>
  );
}

/** In groups of four; what is copied from it has no gaps, since they are only drawn. */
function Groups({ address }: { readonly address: string }) {
  return (
    <code className="address-groups">
      {addressGroups(address).map((group, index) => (
        <span key={`${String(index)} ${group}`}>{group}</span>
      ))}
    </code>
  );
}

function QrDialog({ account, onClose }: { readonly account: WalletAccount; onClose: () => void }) {
  const { name } = ROLES[account.role];
  return (
    <Dialog
      title={
        <>
          {name} <PracticeBadge />
        </>
      }
      onClose={onClose}
      actions={
        <Button look="primary" autoFocus onClick={onClose}>
          Close
        </Button>
      }
    >
      <QrCode text={account.address} label={`QR code of the address ${account.address}`} />
      <Groups address={account.address} />
    </Dialog>
  );
}
