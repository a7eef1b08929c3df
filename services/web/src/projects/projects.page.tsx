import { EmptyView } from '../parts/empty.view.js';
import { IconTelescope } from '@tabler/icons-react';

/** Projects. */
export function ProjectsPage() {
  return <EmptyView icon={<IconTelescope />} title="Projects">This part of the page is being built.</EmptyView>;
}
