import type { DescMethod } from '@bufbuild/protobuf';
import { status as Code } from '@grpc/grpc-js';
import type { OpenSpan } from '@noema/observability';
import { toStatus } from './status.js';

/** Returns the attributes of a call's span, by OpenTelemetry's conventions for RPC. */
export const toAttributes = (method: DescMethod): Record<string, string> => ({
  'rpc.system': 'grpc',
  'rpc.service': method.parent.typeName,
  'rpc.method': method.name,
});

/** Returns the name of an error's status code; `OK` without an error. */
export function formatCode(error?: unknown): string {
  return error === undefined ? 'OK' : (Code[toStatus(error).code] ?? 'UNKNOWN');
}

/** Records the outcome of a call in its span. */
export function conclude(span: OpenSpan, code: string, error?: unknown): void {
  span.set({ 'rpc.response.status_code': code });
  if (error !== undefined) span.fail(error);
}
