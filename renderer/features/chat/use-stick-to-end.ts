/** Follows a growing page to its end, and lets go when the reader scrolls up. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { listenForReader } from './reader-input.ts';

/** Closer to the end than this counts as being there, in CSS pixels. */
const NEAR_PX = 32;

/** `count` is the number of messages: a new one brings the reader back to the end. */
export function useStickToEnd(count: number) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  /** Where the page stood when it was last looked at, its own movements included. */
  const lastTop = useRef(0);
  const [atEnd, setAtEnd] = useState(true);

  const follow = useCallback(() => {
    const element = scroller.current;
    if (!element || !following.current) return;
    element.scrollTop = element.scrollHeight;
    lastTop.current = element.scrollTop;
  }, []);

  const jump = useCallback(() => {
    following.current = true;
    follow();
  }, [follow]);

  useLayoutEffect(jump, [count, jump]);

  useEffect(() => {
    const element = scroller.current;
    if (!element || !content.current) return undefined;
    const reader = listenForReader(element);
    const isNear = () => element.scrollHeight - element.scrollTop - element.clientHeight <= NEAR_PX;
    const onScroll = () => {
      const near = isNear();
      const movedUp = element.scrollTop < lastTop.current;
      // Only a reader who moves up lets go, and only one who moves down takes hold again: the page also moves by
      // itself while it grows and settles.
      if (near) following.current ||= !movedUp;
      else if (movedUp && reader.isActive()) following.current = false;
      else follow();
      lastTop.current = element.scrollTop;
      setAtEnd(near || following.current);
    };
    const observer = new ResizeObserver(() => {
      follow();
      setAtEnd(isNear());
    });
    observer.observe(content.current);
    observer.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      reader.dispose();
      element.removeEventListener('scroll', onScroll);
    };
  }, [follow]);

  return { scroller, content, atEnd, jump };
}
