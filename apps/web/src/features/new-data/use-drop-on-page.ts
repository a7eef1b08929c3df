import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { faultOf } from '../../api/query-client.js';
import { type DroppedFiles, readDrop, requireFile } from './dropped-files.js';

/**
 * Takes files that are dropped anywhere on the page; without it the browser would open them. A note says why files
 * cannot be taken.
 */
export function useDropOnPage(isOn: boolean, onFiles: (files: DroppedFiles) => void): void {
  useEffect(() => {
    if (!isOn) return undefined;
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const over = (event: DragEvent): void => {
      if (hasFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      // A dialog takes its own files.
      if (event.defaultPrevented || event.dataTransfer === null || !hasFiles(event)) return;
      event.preventDefault();
      void readDrop(event.dataTransfer)
        .then(requireFile)
        .then(onFiles, (error: unknown) => {
          notifications.show({
            color: 'red',
            title: 'The files are not added',
            message: faultOf(error).message,
            autoClose: false,
          });
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
