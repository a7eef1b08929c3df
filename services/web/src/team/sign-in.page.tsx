import { EmptyView } from '../parts/empty.view.js';
import { IconTelescope } from '@tabler/icons-react';

/** Sign in. */
export function SignInPage() {
  return <EmptyView icon={<IconTelescope />} title="Sign in">This part of the page is being built.</EmptyView>;
}
