/** Tells when an element comes near the part of the page that is seen, so that it is drawn just before. */
import { useEffect, useRef, useState, type RefObject } from 'react';

/** About two screens: enough to draw what a fast scroll brings. */
const MARGIN = '1600px';

const waiting = new WeakMap<Element, () => void>();
let observer: IntersectionObserver | null = null;

/** One observer for all: a long chat has thousands of blocks. */
function sharedObserver(): IntersectionObserver {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) waiting.get(target)?.();
    },
    { scrollMargin: MARGIN },
  );
  return observer;
}

interface NearView {
  readonly ref: RefObject<HTMLDivElement | null>;
  /** Becomes true once and stays so. */
  readonly near: boolean;
}

export function useNearView(initially: boolean): NearView {
  const ref = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(initially);
  useEffect(() => {
    const element = ref.current;
    if (near || !element) return undefined;
    waiting.set(element, () => {
      setNear(true);
    });
    sharedObserver().observe(element);
    return () => {
      waiting.delete(element);
      sharedObserver().unobserve(element);
    };
  }, [near]);
  return { ref, near };
}
