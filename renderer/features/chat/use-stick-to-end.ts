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
  const [atEnd, setAtEnd] = useState(true);

  const follow = useCallback(() => {
    const element = scroller.current;
    if (element && following.current) element.scrollTop = element.scrollHeight;
  }, []);

  const jump = useCallback(() => {
    following.current = true;
    follow();
  }, [follow]);

  useLayoutEffect(jump, [count, jump]);

  useEffect(() => {
    const element = scroller.current;
    if (!element || !content.current) return undefined;
    let lastTop = element.scrollTop;
    const reader = listenForReader(element);
    const onScroll = () => {
      const { scrollTop, scrollHeight, clientHeight } = element;
      const near = scrollHeight - scrollTop - clientHeight <= NEAR_PX;
      // Only a reader who moves up lets go: the page also moves by itself while it grows and settles.
      if (near) following.current = true;
      else if (scrollTop < lastTop && reader.isActive()) following.current = false;
      else follow();
      lastTop = element.scrollTop;
      setAtEnd(near || following.current);
    };
    const observer = new ResizeObserver(follow);
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
