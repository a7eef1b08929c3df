import { EmptyView } from '../parts/empty.view.js';
import { IconTelescope } from '@tabler/icons-react';

/** Model. */
export function ModelPage() {
  return <EmptyView icon={<IconTelescope />} title="Model">This part of the page is being built.</EmptyView>;
}
