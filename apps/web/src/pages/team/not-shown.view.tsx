import { IconLock } from '@tabler/icons-react';
import { EmptyView } from '../../parts/empty.view.js';

/** Stands where the role of whoever is signed in shows nothing: for whom it is, and what to do. */
export function NotShownView({ what, roles }: { what: string; roles: string }) {
  return (
    <EmptyView icon={<IconLock />} title={`${what} are for ${roles}`}>
      Your role does not show them. Ask an admin of the team for another role, or to do it for you.
    </EmptyView>
  );
}
