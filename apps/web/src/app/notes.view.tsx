import { Notifications } from '@mantine/notifications';

/** The notes in the corner of the page. */
export function NotesView() {
  return <Notifications position="bottom-right" />;
}
