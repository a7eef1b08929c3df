import { Suspense, useState } from 'react';
import { lazyPart } from './lazy-part.view.js';
import type { DialogProps } from './dialog.js';

const ModalDialogView = lazyPart(async () => ({
  default: (await import('./modal-dialog.view.js')).ModalDialogView,
}));

/** A dialog in the middle of the page; what draws it is loaded when the first is opened. */
export function DialogView(props: DialogProps) {
  const [wasOpened, setOpened] = useState(props.opened);
  if (props.opened && !wasOpened) setOpened(true);
  return wasOpened ? (
    <Suspense>
      <ModalDialogView {...props} />
    </Suspense>
  ) : null;
}
