import { Center } from '@mantine/core';
import { useRouteError } from 'react-router-dom';
import { PartFaultView } from '../parts/part-fault.view.js';

/** The view of a page that failed: the reason, and a way on. */
export function RouteFaultView() {
  return (
    <Center mih="60vh" px="md">
      <PartFaultView error={useRouteError()} />
    </Center>
  );
}
