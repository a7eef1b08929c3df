import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { toFault } from '../../api/query-client.js';
import { type DroppedFiles, readDrop, requireFile } from './dropped-files.js';

/**
 * Takes files that are dropped anywhere on the page; without it the browser would open them. A note says why files
 * cannot be taken: the reason `off`, or what is wrong with the files.
 */
export function useDropOnPage(off: string | undefined, onFiles: (files: DroppedFiles) => void): void {
  useEffect(() => {
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const over = (event: DragEvent): void => {
      if (hasFiles(event)) event.preventDefault();
    };
    const refuse = (message: string): void => {
      notifications.show({ color: 'red', title: 'The files are not added', message, autoClose: false });
    };
    const drop = (event: DragEvent): void => {
      // A dialog takes its own files.
      if (event.defaultPrevented || event.dataTransfer === null || !hasFiles(event)) return;
      event.preventDefault();
      if (off !== undefined) {
        refuse(off);
        return;
      }
      void readDrop(event.dataTransfer)
        .then(requireFile)
        .then(onFiles, (error: unknown) => {
          refuse(toFault(error).message);
        });
    };
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  });
}
