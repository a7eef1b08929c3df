import { EmptyView } from '../parts/empty.view.js';
import { IconTelescope } from '@tabler/icons-react';

/** Unit. */
export function UnitPage() {
  return <EmptyView icon={<IconTelescope />} title="Unit">This part of the page is being built.</EmptyView>;
}
