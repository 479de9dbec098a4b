/** The time, accurate to a minute, for words such as `5 min`. */
import { useEffect, useState } from 'react';

const MINUTE_MS = 60_000;

export function useMinute(): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      setNowMs(Date.now());
    }, MINUTE_MS);
    return () => {
      clearInterval(timer);
    };
  }, []);
  return nowMs;
}
