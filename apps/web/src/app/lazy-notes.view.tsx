import { notificationsStore } from '@mantine/notifications';
import { lazy, Suspense, useEffect, useState } from 'react';

const NotesView = lazy(async () => ({ default: (await import('./notes.view.js')).NotesView }));

/** Where short notes to the person appear; what draws them is loaded with the first note. */
export function LazyNotesView() {
  const [any, setAny] = useState(false);
  useEffect(() => {
    const look = (): void => {
      if (notificationsStore.getState().notifications.length > 0) setAny(true);
    };
    look();
    return notificationsStore.subscribe(look);
  }, []);
  return any ? (
    <Suspense>
      <NotesView />
    </Suspense>
  ) : null;
}
