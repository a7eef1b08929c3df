import { Group, Modal } from '@mantine/core';
import type { FocusEvent } from 'react';
import type { DialogProps } from './dialog.js';

/**
 * The drawing of a dialog; `DialogView` loads it. Its head is no `header`, which would be a second banner of
 * the page.
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
      <Modal.Content onFocus={keepFocus}>
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

/**
 * Marks what has the focus as what a dialog focuses when it opens: on a busy machine that comes late, and would take
 * the focus away from a field that somebody is in by then, and close its list.
 */
function keepFocus({ currentTarget, target }: FocusEvent<HTMLElement>): void {
  if (!currentTarget.contains(target)) return;
  for (const marked of currentTarget.querySelectorAll('[data-autofocus]'))
    marked.removeAttribute('data-autofocus');
  target.setAttribute('data-autofocus', '');
}
