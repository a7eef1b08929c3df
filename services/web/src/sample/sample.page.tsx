import { EmptyView } from '../parts/empty.view.js';
import { IconTelescope } from '@tabler/icons-react';

/** Sample. */
export function SamplePage() {
  return <EmptyView icon={<IconTelescope />} title="Sample">This part of the page is being built.</EmptyView>;
}
