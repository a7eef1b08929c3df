import { EmptyView } from '../parts/empty.view.js';
import { IconTelescope } from '@tabler/icons-react';

/** Team. */
export function TeamPage() {
  return <EmptyView icon={<IconTelescope />} title="Team">This part of the page is being built.</EmptyView>;
}
