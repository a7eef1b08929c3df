import { Group, Modal } from '@mantine/core';
import type { DialogProps } from './dialog.js';

/**
 * What draws a dialog; `DialogView` loads it. Its head is no `header`, which would be a second banner of the
 * page.
 */
export function ModalDialogView({
  title,
  opened,
  onClose,
  size = 'md',
  hasClose = true,
  children,
}: DialogProps) {
  return (
    <Modal.Root
      opened={opened}
      onClose={onClose}
      size={size}
      centered
      closeOnClickOutside={hasClose}
      closeOnEscape={hasClose}
    >
      <Modal.Overlay />
      <Modal.Content>
        <Group justify="space-between" wrap="nowrap" p="md" pb={0}>
          <Modal.Title fw={600} style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Modal.Title>
          {hasClose && <Modal.CloseButton aria-label="Close" />}
        </Group>
        <Modal.Body pt="md">{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
