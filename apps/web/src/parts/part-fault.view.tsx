import { Alert, Button, Group, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { FaultView } from './fault.view.js';

/** A part of the page that could not be loaded: as a rule because a newer Noema serves other files. */
const isUpdate = (error: unknown): boolean =>
  error instanceof TypeError && /module script|dynamically imported module/i.test(error.message);

const reload = (): void => {
  window.location.reload();
};

/** The reason why a part of the page broke, and a way on; `retry` loads the part alone. */
export function PartFaultView({ error, retry }: { error: unknown; retry?: () => void }) {
  if (!isUpdate(error)) return <FaultView error={error} retry={retry ?? reload} />;
  return (
    <Alert title="This part of the page could not be loaded" icon={<IconRefresh />} maw={560} role="alert">
      <Text size="sm" mb="sm">
        Noema was updated since this tab was opened, or it does not answer. Load the page again; you come back
        to this view.
      </Text>
      <Group gap="xs">
        {retry !== undefined && (
          <Button size="xs" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
        <Button size="xs" onClick={reload}>
          Load again
        </Button>
      </Group>
    </Alert>
  );
}
