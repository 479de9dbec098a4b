/** The window: the rail on the left, one of two screens beside it, and what may lie above both. */
import { ChatScreen } from './features/chat/ChatScreen.tsx';
import { DropZone } from './features/drop/DropZone.tsx';
import { Rail } from './features/rail/Rail.tsx';
import { useRailDrawer } from './features/rail/use-rail-drawer.ts';
import { SettingsScreen } from './features/settings/SettingsScreen.tsx';
import { useShortcuts } from './features/shortcuts.ts';
import { useTheme } from './features/theme.ts';
import { useActions, useApp } from './store/use-app.tsx';
import { MenuIcon } from './ui/icons.tsx';
import { IconButton } from './ui/IconButton.tsx';
import { Toasts } from './ui/Toasts.tsx';

export function App() {
  useTheme();
  useShortcuts();
  const tab = useApp((state) => state.tab);
  const { setRailOpen } = useActions();
  const { railOpen, drawer, toggle } = useRailDrawer();
  return (
    <div className={railOpen ? 'shell rail-open' : 'shell'}>
      <div ref={drawer} className="rail-frame">
        <Rail />
      </div>
      <div
        className="scrim"
        aria-hidden="true"
        onClick={() => {
          setRailOpen(false);
        }}
      />
      <main className="main" inert={railOpen}>
        <IconButton
          ref={toggle}
          label="Show conversations"
          className="rail-toggle"
          aria-expanded={railOpen}
          onClick={() => {
            setRailOpen(true);
          }}
        >
          <MenuIcon />
        </IconButton>
        {tab === 'chat' ? <ChatScreen /> : <SettingsScreen />}
      </main>
      <Toasts />
      <DropZone />
    </div>
  );
}
