/** The window: the rail on the left, one of the screens beside it, and what may lie above them; at first a welcome. */
import { ChatScreen } from './features/chat/ChatScreen.tsx';
import { DropZone } from './features/drop/DropZone.tsx';
import { EarningsScreen } from './features/earnings/EarningsScreen.tsx';
import { HomeScreen } from './features/home/HomeScreen.tsx';
import { ModelsScreen } from './features/models/ModelsScreen.tsx';
import { Rail } from './features/rail/Rail.tsx';
import { useRailDrawer } from './features/rail/use-rail-drawer.ts';
import { ReceiptSheet } from './features/receipt/ReceiptSheet.tsx';
import { SettingsScreen } from './features/settings/SettingsScreen.tsx';
import { useShortcuts } from './features/shortcuts.ts';
import { useTheme } from './features/theme.ts';
import { WalletScreen } from './features/wallet/WalletScreen.tsx';
import { WelcomeScreen } from './features/welcome/WelcomeScreen.tsx';
import { assertNever } from './assert-never.ts';
import { useActions, useApp } from './store/use-app.tsx';
import { MenuIcon } from './ui/icons.tsx';
import { IconButton } from './ui/IconButton.tsx';
import { Toasts } from './ui/Toasts.tsx';

export function App() {
  useTheme();
  const isNew = useApp((state) => state.snapshot?.settings.hasBegun === false);
  if (!isNew) return <Shell />;
  return (
    <>
      <WelcomeScreen />
      <Toasts />
    </>
  );
}

function Shell() {
  useShortcuts();
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
        <Screen />
      </main>
      <Toasts />
      <ReceiptSheet />
      <DropZone />
    </div>
  );
}

function Screen() {
  const tab = useApp((state) => state.tab);
  switch (tab) {
    case 'home':
      return <HomeScreen />;
    case 'chat':
      return <ChatScreen />;
    case 'models':
      return <ModelsScreen />;
    case 'earnings':
      return <EarningsScreen />;
    case 'wallet':
      return <WalletScreen />;
    case 'settings':
      return <SettingsScreen />;
    default:
      return assertNever(tab);
  }
}
