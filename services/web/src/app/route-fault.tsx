import { Center } from '@mantine/core';
import { useRouteError } from 'react-router-dom';
import { FaultView } from '../parts/fault.view.js';

/** What stands where a page broke: the reason, and a way on. */
export function RouteFault() {
  return <Center mih="60vh"><FaultView error={useRouteError()} retry={() => { window.location.reload(); }} /></Center>;
}
