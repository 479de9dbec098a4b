/** Tells screen readers how downloads begin and end; a number every second would be noise. */
import { useEffect, useState } from 'react';
import { useAppContext } from '../../store/use-app.tsx';
import { firstNews, nextNews } from './models-news.ts';

export function ModelsAnnouncer() {
  const { store } = useAppContext();
  const [news, setNews] = useState(() => firstNews(store.getState().snapshot));
  useEffect(
    () =>
      store.subscribe(({ snapshot }) => {
        setNews((before) => nextNews(before, snapshot));
      }),
    [store],
  );
  return (
    <p className="only-read" role="status" aria-live="polite">
      {news.text}
    </p>
  );
}
