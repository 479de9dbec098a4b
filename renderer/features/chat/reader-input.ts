/** Tells scrolling by a person from scrolling that a growing page causes by itself. */

/** A turn of the wheel or a key goes on moving the page for a moment. */
const AFTER_INPUT_MS = 700;

export interface ReaderInput {
  /** Whether somebody is scrolling this element now. */
  readonly isActive: () => boolean;
  readonly dispose: () => void;
}

export function listenForReader(element: HTMLElement): ReaderInput {
  let lastInputMs = -Infinity;
  let pressed = false;
  const stop = new AbortController();
  const options = { passive: true, signal: stop.signal };
  const onInput = () => {
    lastInputMs = performance.now();
  };
  for (const name of ['wheel', 'touchmove', 'keydown']) {
    element.addEventListener(name, onInput, options);
  }
  // The scroll bar: it is held for as long as the button is down, wherever the pointer goes.
  element.addEventListener('pointerdown', () => (pressed = true), options);
  const onRelease = () => {
    if (pressed) onInput();
    pressed = false;
  };
  window.addEventListener('pointerup', onRelease, options);
  window.addEventListener('pointercancel', onRelease, options);
  // A release over the scroll bar itself is not always reported.
  window.addEventListener(
    'pointermove',
    ({ buttons }) => {
      if (buttons === 0) onRelease();
    },
    options,
  );
  return {
    isActive: () => pressed || performance.now() - lastInputMs < AFTER_INPUT_MS,
    dispose: () => {
      stop.abort();
    },
  };
}
