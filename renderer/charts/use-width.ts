/** How wide an element is, in CSS pixels, as it changes. */
import { useLayoutEffect, useRef, useState } from 'react';

/** 0 until it was measured for the first time. */
export function useWidth<Target extends HTMLElement>() {
  const target = useRef<Target>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = target.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.round(entry.contentRect.width));
    });
    observer.observe(element);
    setWidth(Math.round(element.getBoundingClientRect().width));
    return () => {
      observer.disconnect();
    };
  }, []);
  return { target, width };
}
