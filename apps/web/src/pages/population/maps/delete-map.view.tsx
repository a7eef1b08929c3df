import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { explorations } from '../../../api/clients.js';
import { ActionView } from '../../../parts/action.view.js';
import { ConfirmView } from '../../../parts/confirm.view.js';
import { counted } from '../../../parts/numbers.js';
import { useRights } from '../../../parts/role.query.js';

/** In line with the buttons above it. */
const NEAR = { section: { marginInlineEnd: 4 } };

/** Deletes the shown map, if it was made on request. */
export function DeleteMapView({ map, onDeleted }: { map: Exploration; onDeleted: () => void }) {
  const { noEdit } = useRights();
  const client = useQueryClient();
  const [asks, setAsks] = useState(false);
  const remove = async (): Promise<void> => {
    await explorations.deleteExploration({ explorationId: map.id });
    onDeleted();
    await Promise.all(['maps', 'placedMaps'].map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
  return (
    <>
      <ActionView
        size="compact-xs"
        variant="subtle"
        color="gray"
        px={4}
        ml={-4}
        styles={NEAR}
        leftSection={<IconTrash size={13} />}
        off={noEdit}
        onClick={() => {
          setAsks(true);
        }}
      >
        Delete this map …
      </ActionView>
      <ConfirmView
        opened={asks}
        onClose={() => {
          setAsks(false);
        }}
        title="Delete the map"
        verb="Delete it"
        act={remove}
      >
        {map.placed === undefined
          ? 'The places of its points are forgotten.'
          : `The places of ${counted(map.placed.sampleCount, 'placed sample')} are forgotten; the map ` +
            'that they were placed on stays.'}{' '}
        All samples stay.
      </ConfirmView>
    </>
  );
}
