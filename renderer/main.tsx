/** Starts the page: bridge, store, first question to main, React. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { windowBridge } from './bridge.ts';
import { createApp } from './store/create-app.ts';
import { AppProvider } from './store/use-app.tsx';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/segments.css';
import './styles/money.css';
import './styles/overlays.css';
import './styles/shell.css';
import './styles/rail.css';
import './styles/chat.css';
import './styles/composer.css';
import './styles/markdown.css';
import './styles/setup.css';
import './styles/settings.css';
import './styles/choices.css';
import './styles/models.css';
import './styles/model-parts.css';
import './styles/home.css';
import './styles/welcome.css';
import './styles/earnings.css';
import './styles/governor.css';
import './styles/receipt.css';
import './styles/wallet.css';
import './styles/accounts.css';
import './styles/narrow.css';

const app = createApp(windowBridge(), (text) => navigator.clipboard.writeText(text));
void app.refresh();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <AppProvider app={app}>
      <App />
    </AppProvider>
  </StrictMode>,
);
