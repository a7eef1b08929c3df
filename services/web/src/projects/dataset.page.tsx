import { EmptyView } from '../parts/empty.view.js';
import { IconTelescope } from '@tabler/icons-react';

/** Dataset. */
export function DatasetPage() {
  return <EmptyView icon={<IconTelescope />} title="Dataset">This part of the page is being built.</EmptyView>;
}
