import { IconCheck } from '@tabler/icons-react';
import { ActionView } from '../../parts/action.view.js';

/** Accepts the work of an agent, which is a draft until then. */
export function AcceptDraftView({ off, onAccept }: { off: string | undefined; onAccept: () => void }) {
  return (
    <ActionView variant="light" leftSection={<IconCheck size={16} />} off={off} onClick={onAccept}>
      Accept the draft
    </ActionView>
  );
}
