import type { DescMethod } from '@bufbuild/protobuf';
import { counter, histogram } from '@noema/observability';
import { streamsResponses } from './codec.js';

const served = counter({
  name: 'noema_grpc_server_calls_total',
  help: 'Calls that were answered, by service and method of the contract and by status code.',
  labels: ['grpc_service', 'grpc_method', 'code'],
});
const serving = histogram({
  name: 'noema_grpc_server_call_seconds',
  help: 'Time from a call to its one answer; streams last as long as their reader wants and are left out.',
  labels: ['grpc_service', 'grpc_method'],
});
const asked = counter({
  name: 'noema_grpc_client_calls_total',
  help: 'Calls to other services, by service and method of the contract and by status code.',
  labels: ['grpc_service', 'grpc_method', 'code'],
});
const asking = histogram({
  name: 'noema_grpc_client_call_seconds',
  help: 'Time from a call to another service to its one answer; streams are left out.',
  labels: ['grpc_service', 'grpc_method'],
});

const toLabels = (method: DescMethod) => ({ grpc_service: method.parent.typeName, grpc_method: method.name });

/** Counts a call that this server answered, by its code, such as `OK` or `NOT_FOUND`. */
export function countServed(method: DescMethod, code: string, ms: number): void {
  const labels = toLabels(method);
  served.inc({ ...labels, code });
  if (!streamsResponses(method)) serving.observe(labels, ms / 1000);
}

/** Counts a call that this process made, by its outcome. */
export function countAsked(method: DescMethod, code: string, ms: number): void {
  const labels = toLabels(method);
  asked.inc({ ...labels, code });
  if (!streamsResponses(method)) asking.observe(labels, ms / 1000);
}
