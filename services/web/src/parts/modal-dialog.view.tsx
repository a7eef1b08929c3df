import { Modal } from '@mantine/core';
import type { DialogProps } from './dialog.js';

/** What draws a dialog; `DialogView` loads it. */
export function ModalDialogView({ title, opened, onClose, size = 'md', children }: DialogProps) {
  return <Modal opened={opened} onClose={onClose} title={title} size={size} centered styles={{ title: { fontWeight: 600, overflowWrap: 'anywhere' } }} closeButtonProps={{ 'aria-label': 'Close' }}>{children}</Modal>;
}
