import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';

/**
 * Says what of the address was not understood or is not of this run, and that a selection of it, or what was
 * placed in its map, is not here.
 */
export function useLinkNotices(
  notices: readonly string[],
  isLost: boolean,
  isUnplaced: boolean,
  unknown: readonly string[],
): void {
  const all = [...notices, ...unknown].join(', ');
  useEffect(() => {
    if (all !== '')
      notifications.show({
        id: 'link',
        color: 'yellow',
        title: 'Part of this link was not understood',
        message: `Left out: ${all}`,
      });
  }, [all]);
  useEffect(() => {
    if (isLost)
      notifications.show({
        color: 'yellow',
        title: 'The selection of this link is not here',
        message:
          'It was too large for a link, or its slice or map was deleted. Save selections as slices to ' +
          'keep them.',
      });
  }, [isLost]);
  useEffect(() => {
    if (isUnplaced)
      notifications.show({
        color: 'yellow',
        title: 'The samples that were placed in this map are not here',
        message: 'They were taken away or are of another map. Place them again, or look at the map alone.',
      });
  }, [isUnplaced]);
}
