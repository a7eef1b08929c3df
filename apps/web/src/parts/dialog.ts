import type { ReactNode } from 'react';

/** Properties of a dialog. */
export interface DialogProps {
  readonly title: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly size?: 'md' | 'lg' | 'xl';
  /** False where it can only be left by its own buttons; true when left out. */
  readonly hasClose?: boolean;
  readonly children: ReactNode;
}
