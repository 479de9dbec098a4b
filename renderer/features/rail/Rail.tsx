/** The left rail: conversations, and the way to the screens. */
import { statusShort } from '../../../electron/ipc/status-words.ts';
import { countOf } from '../../format/receipt-words.ts';
import type { Tab } from '../../store/app-state.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import {
  ChatIcon,
  EarningsIcon,
  HomeIcon,
  ModelsIcon,
  PlusIcon,
  SearchIcon,
  SettingsIcon,
  WalletIcon,
} from '../../ui/icons.tsx';
import { LullMark } from '../../ui/LullMark.tsx';
import { StatusDot } from '../../ui/StatusDot.tsx';
import { FILTER_ID } from '../shortcuts.ts';
import { ConversationList } from './ConversationList.tsx';

export function Rail() {
  const { newChat } = useActions();
  return (
    <nav className="rail" aria-label="Conversations and screens">
      <div className="rail-brand">
        <LullMark size={22} />
        <span>Lull</span>
      </div>
      <button type="button" className="rail-new" onClick={newChat} aria-keyshortcuts="Control+N">
        <PlusIcon />
        New chat
      </button>
      <Filter />
      <ConversationList />
      <Destinations />
      <StatusLine />
    </nav>
  );
}

function Filter() {
  const filter = useApp((state) => state.filter);
  const { setFilter } = useActions();
  return (
    <div className="rail-filter">
      <SearchIcon />
      <input
        id={FILTER_ID}
        type="search"
        value={filter}
        placeholder="Find a conversation"
        aria-label="Find a conversation"
        aria-keyshortcuts="Control+K"
        onChange={(event) => {
          setFilter(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || filter === '') return;
          event.preventDefault();
          setFilter('');
        }}
      />
    </div>
  );
}

function Destinations() {
  const tab = useApp((state) => state.tab);
  const { showTab } = useActions();
  const item = (name: Tab) => ({
    type: 'button' as const,
    className: 'rail-item',
    'aria-current': tab === name ? ('page' as const) : undefined,
    onClick: () => {
      showTab(name);
    },
  });
  return (
    <div className="rail-destinations">
      <button {...item('home')}>
        <HomeIcon />
        Home
      </button>
      <button {...item('chat')}>
        <ChatIcon />
        Chat
      </button>
      <button {...item('models')} aria-keyshortcuts="Control+L">
        <ModelsIcon />
        Models
      </button>
      <button {...item('earnings')}>
        <EarningsIcon />
        Earnings
      </button>
      <button {...item('wallet')}>
        <WalletIcon />
        Wallet
      </button>
      <button {...item('settings')} aria-keyshortcuts="Control+,">
        <SettingsIcon />
        Settings
      </button>
    </div>
  );
}

/** Whether this computer serves, in a word; Home says why. */
function StatusLine() {
  const status = useApp((app) => app.snapshot?.status);
  const { showTab } = useActions();
  if (!status) return <p className="status-line">Starting</p>;
  const inFlight = status.relaysInFlight;
  return (
    <button
      type="button"
      className="status-line"
      title="Home says why, and what you can do"
      onClick={() => {
        showTab('home');
      }}
    >
      <StatusDot status={status} />
      <span className="only-read">Status: </span>
      {statusShort(status)}
      {inFlight === 0 ? null : <span className="status-count">{countOf(inFlight, 'relay')}</span>}
    </button>
  );
}
