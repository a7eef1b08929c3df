import { lazy, type ReactNode, Suspense, useState } from 'react';

const ModalDialogView = lazy(async () => ({ default: (await import('./modal-dialog.view.js')).ModalDialogView }));

export interface DialogProps {
  readonly title: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly size?: 'md' | 'lg' | 'xl';
  readonly children: ReactNode;
}

/** A dialog in the middle of the page; what draws it is loaded when the first is opened. */
export function DialogView(props: DialogProps) {
  const [wasOpened, setOpened] = useState(props.opened);
  if (props.opened && !wasOpened) setOpened(true);
  return wasOpened ? <Suspense><ModalDialogView {...props} /></Suspense> : null;
}
