import { EmptyView } from '../parts/empty.view.js';
import { IconTelescope } from '@tabler/icons-react';

/** Population exploration. */
export function PopulationPage() {
  return <EmptyView icon={<IconTelescope />} title="Population exploration">This part of the page is being built.</EmptyView>;
}
