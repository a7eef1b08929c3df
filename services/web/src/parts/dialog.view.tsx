import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';

/** A dialog in the middle of the page. */
export function DialogView({ title, opened, onClose, size = 'md', children }: { title: string; opened: boolean; onClose: () => void; size?: 'md' | 'lg' | 'xl'; children: ReactNode }) {
  return <Modal opened={opened} onClose={onClose} title={title} size={size} centered styles={{ title: { fontWeight: 600, overflowWrap: 'anywhere' } }} closeButtonProps={{ 'aria-label': 'Close' }}>{children}</Modal>;
}
