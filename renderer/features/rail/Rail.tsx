/** The left rail: conversations, and the way to the screens. */
import type { Tab } from '../../store/app-state.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { shortEngineState } from '../../format/words.ts';
import { ChatIcon, EarningsIcon, PlusIcon, SearchIcon, SettingsIcon } from '../../ui/icons.tsx';
import { LullMark } from '../../ui/LullMark.tsx';
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
      <EngineLine />
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
      <button {...item('chat')}>
        <ChatIcon />
        Chat
      </button>
      <button {...item('earnings')}>
        <EarningsIcon />
        Earnings
      </button>
      <button {...item('settings')} aria-keyshortcuts="Control+,">
        <SettingsIcon />
        Settings
      </button>
    </div>
  );
}

/** Which model would answer, and whether it could just now. */
function EngineLine() {
  const state = useApp((app) => app.snapshot?.engine.state);
  const isStarter = useApp((app) => app.snapshot?.model.current?.isStarter);
  const name = useApp((app) => app.snapshot?.model.current?.name);
  if (state === undefined) return <p className="engine-line">Starting</p>;
  const model = isStarter === true ? 'Test model' : (name ?? 'No model');
  return (
    <p className="engine-line" title={name}>
      <span className={`engine-dot engine-dot-${state}`} aria-hidden="true" />
      <span className="engine-name">{model}</span>
      <span className="engine-state">{shortEngineState(state)}</span>
    </p>
  );
}
