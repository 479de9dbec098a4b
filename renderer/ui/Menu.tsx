/** A button that opens a short list of actions; arrows move, Escape closes. */
import { useId, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { IconButton } from './IconButton.tsx';

export interface MenuItem {
  readonly label: string;
  readonly danger?: boolean;
  readonly onSelect: () => void;
}

interface Props {
  readonly label: string;
  readonly icon: ReactNode;
  readonly items: readonly MenuItem[];
}

const GAP = 4;

export function Menu({ label, icon, items }: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);

  function place(): void {
    if (!button.current || !list.current) return;
    const anchor = button.current.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = list.current;
    const below = anchor.bottom + GAP;
    const fits = below + offsetHeight <= window.innerHeight;
    list.current.style.top = `${String(fits ? below : anchor.top - GAP - offsetHeight)}px`;
    const left = Math.min(anchor.left, window.innerWidth - offsetWidth - GAP);
    list.current.style.left = `${String(Math.max(GAP, left))}px`;
  }

  function open(): void {
    list.current?.showPopover();
    place();
    list.current?.querySelector('button')?.focus();
  }

  return (
    <>
      <IconButton
        ref={button}
        label={label}
        aria-haspopup="menu"
        aria-controls={id}
        className="menu-button"
        onClick={open}
      >
        {icon}
      </IconButton>
      <div ref={list} id={id} popover="auto" role="menu" className="menu" onKeyDown={moveFocus}>
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            className={item.danger === true ? 'menu-item menu-item-danger' : 'menu-item'}
            onClick={() => {
              list.current?.hidePopover();
              item.onSelect();
            }}
          >
            {item.label}
          </button>
        ))}
      </div>
    </>
  );
}

function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  const items = [...event.currentTarget.querySelectorAll('button')];
  const now = items.findIndex((item) => item === document.activeElement);
  const last = items.length - 1;
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: now === last ? 0 : now + 1,
    ArrowUp: now <= 0 ? last : now - 1,
    Home: 0,
    End: last,
  };
  const target = targets[event.key];
  // The rest of the window must not hear an Escape that only closes the menu.
  if (event.key === 'Escape') event.stopPropagation();
  if (target === undefined) return;
  event.preventDefault();
  items[target]?.focus();
}
