import { EmptyView } from '../parts/empty.view.js';
import { IconTelescope } from '@tabler/icons-react';

/** Job. */
export function JobPage() {
  return <EmptyView icon={<IconTelescope />} title="Job">This part of the page is being built.</EmptyView>;
}
