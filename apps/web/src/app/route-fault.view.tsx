import { Alert, Button, Center, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useRouteError } from 'react-router-dom';
import { FaultView } from '../parts/fault.view.js';

/** A part of the page that could not be loaded: as a rule because a newer Noema serves other files. */
const isUpdate = (error: unknown): boolean =>
  error instanceof TypeError && /module script|dynamically imported module/i.test(error.message);

/** What stands where a page broke: the reason, and a way on. */
export function RouteFaultView() {
  const error = useRouteError();
  const reload = (): void => {
    window.location.reload();
  };
  return (
    <Center mih="60vh" px="md">
      {isUpdate(error) ? (
        <Alert
          title="This part of the page could not be loaded"
          icon={<IconRefresh />}
          maw={560}
          role="alert"
        >
          <Text size="sm" mb="sm">
            Noema was updated since this tab was opened, or it does not answer. Load the page again; you come
            back to this view.
          </Text>
          <Button size="xs" onClick={reload}>
            Load again
          </Button>
        </Alert>
      ) : (
        <FaultView error={error} retry={reload} />
      )}
    </Center>
  );
}
