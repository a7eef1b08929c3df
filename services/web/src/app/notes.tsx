import { Notifications } from '@mantine/notifications';

/** Where short notes to the person appear: a chunk of its own, which nothing on a page waits for. */
export function Notes() {
  return <Notifications position="bottom-right" />;
}
