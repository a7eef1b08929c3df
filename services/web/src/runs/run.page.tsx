import { EmptyView } from '../parts/empty.view.js';
import { IconTelescope } from '@tabler/icons-react';

/** Run. */
export function RunPage() {
  return <EmptyView icon={<IconTelescope />} title="Run">This part of the page is being built.</EmptyView>;
}
