/** The symbols of the window, drawn as lines in the colour of the text around them. */
import type { ReactNode } from 'react';

function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const PlusIcon = () => (
  <Icon>
    <path d="M10 4.5v11M4.5 10h11" />
  </Icon>
);
export const HomeIcon = () => (
  <Icon>
    <path d="m3.25 9.5 6.75-5.75 6.75 5.75M5 8.25v7.5h3.5V11.5h3v4.25H15v-7.5" />
  </Icon>
);
export const WalletIcon = () => (
  <Icon>
    <path d="M15.5 6.5V5a1.25 1.25 0 0 0-1.25-1.25H5.5A2 2 0 0 0 3.5 5.5v8.75c0 1.1.9 2 2 2h9.75c.7 0 1.25-.55 1.25-1.25V7.75c0-.7-.55-1.25-1.25-1.25H5A1.25 1.25 0 0 1 3.6 5.4" />
    <path d="M13.25 11.4h.01" strokeWidth="2.25" />
  </Icon>
);
export const ChatIcon = () => (
  <Icon>
    <path d="M4 4.75h12a1 1 0 0 1 1 1v7.5a1 1 0 0 1-1 1H9.5L6 17v-2.75H4a1 1 0 0 1-1-1v-7.5a1 1 0 0 1 1-1Z" />
  </Icon>
);
export const SettingsIcon = () => (
  <Icon>
    <path d="M3 6h7M14.5 6H17M3 14h2.5M10 14h7" />
    <circle cx="12.25" cy="6" r="2.25" />
    <circle cx="7.75" cy="14" r="2.25" />
  </Icon>
);
export const ModelsIcon = () => (
  <Icon>
    <path d="m10 3.25 6.5 3.5-6.5 3.5-6.5-3.5ZM3.5 10.25l6.5 3.5 6.5-3.5M3.5 13.5 10 17l6.5-3.5" />
  </Icon>
);
export const EarningsIcon = () => (
  <Icon>
    <path d="M3.5 16.5h13M5.5 13.5v-3M10 13.5v-6M14.5 13.5v-9.5" strokeWidth="1.75" />
  </Icon>
);
export const ReceiptIcon = () => (
  <Icon>
    <path d="M5 3.5h10v13.25l-1.75-1.25-1.6 1.25L10 15.5l-1.65 1.25-1.6-1.25L5 16.75Z" />
    <path d="M7.75 7.25h4.5M7.75 10.5h4.5" />
  </Icon>
);
export const HelpIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.75" />
    <path d="M8 8.1c.2-2.6 4.2-2.3 4 .2-.1 1.2-1.7 1.4-2 2.6M10 13.6h.01" />
  </Icon>
);
export const SearchIcon = () => (
  <Icon>
    <circle cx="9" cy="9" r="4.75" />
    <path d="m12.5 12.5 3.75 3.75" />
  </Icon>
);
export const MoreIcon = () => (
  <Icon>
    <path d="M5 10h.01M10 10h.01M15 10h.01" strokeWidth="2.25" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="m5.5 5.5 9 9M14.5 5.5l-9 9" />
  </Icon>
);
export const MenuIcon = () => (
  <Icon>
    <path d="M3.5 6h13M3.5 10h13M3.5 14h13" />
  </Icon>
);
export const SendIcon = () => (
  <Icon>
    <path d="M10 16V4.5M5 9l5-4.75L15 9" strokeWidth="1.75" />
  </Icon>
);
export const StopIcon = () => (
  <Icon>
    <rect x="5.5" y="5.5" width="9" height="9" rx="1.75" fill="currentColor" />
  </Icon>
);
export const CopyIcon = () => (
  <Icon>
    <rect x="7" y="7" width="9.25" height="9.25" rx="1.75" />
    <path d="M13 4.5A1.25 1.25 0 0 0 11.75 3.75h-6.5a1.5 1.5 0 0 0-1.5 1.5v6.5c0 .55.3 1 .75 1.25" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon>
    <path d="m4.5 10.5 3.5 3.5 7.5-8" />
  </Icon>
);
export const RepeatIcon = () => (
  <Icon>
    <path d="M15.75 8.25A6 6 0 0 0 5 6.75L3.75 8M3.75 4.5V8h3.5M4.25 11.75A6 6 0 0 0 15 13.25L16.25 12M16.25 15.5V12h-3.5" />
  </Icon>
);
export const DownIcon = () => (
  <Icon>
    <path d="M10 4.5v11M5 11l5 4.75L15 11" />
  </Icon>
);
export const AlertIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.75" />
    <path d="M10 6.75v4M10 13.25h.01" />
  </Icon>
);
export const FileIcon = () => (
  <Icon>
    <path d="M11.25 3.25h-5A1.25 1.25 0 0 0 5 4.5v11c0 .7.55 1.25 1.25 1.25h7.5c.7 0 1.25-.55 1.25-1.25V7Z" />
    <path d="M11.25 3.25V7H15" />
  </Icon>
);
