import { EmptyView } from '../parts/empty.view.js';
import { IconTelescope } from '@tabler/icons-react';

/** Project. */
export function ProjectPage() {
  return <EmptyView icon={<IconTelescope />} title="Project">This part of the page is being built.</EmptyView>;
}
