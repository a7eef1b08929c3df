import {
  create,
  type DescMessage,
  type DescMethod,
  type DescService,
  fromBinary,
  type MessageInitShape,
  toBinary,
} from '@bufbuild/protobuf';
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';

/** Maximum size of a message in both directions. Larger data travel through the artifact store. */
export const MAX_MESSAGE_BYTES = 16 << 20;

const codec = (schema: DescMessage) => ({
  serialize: (value: unknown): Buffer =>
    Buffer.from(toBinary(schema, create(schema, value as MessageInitShape<DescMessage>))),
  deserialize: (bytes: Buffer): unknown => fromBinary(schema, bytes),
});

export const streamsRequests = (method: DescMethod): boolean =>
  method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming';
export const streamsResponses = (method: DescMethod): boolean =>
  method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming';

/** Returns `/package.Service/Method`, the path on the wire. */
export const formatPath = (method: DescMethod): string => `/${method.parent.typeName}/${method.name}`;

/** Converts a protobuf-es method to a grpc-js method. */
export function methodDefinition(method: DescMethod): MethodDefinition<unknown, unknown> {
  const [input, output] = [codec(method.input), codec(method.output)];
  return {
    path: formatPath(method),
    requestStream: streamsRequests(method),
    responseStream: streamsResponses(method),
    requestSerialize: input.serialize,
    requestDeserialize: input.deserialize,
    responseSerialize: output.serialize,
    responseDeserialize: output.deserialize,
    originalName: method.localName,
  };
}

/** The methods of a server. A single request stays encoded until the call's turn: see `decodeRequest`. */
export function serviceDefinition(service: DescService): ServiceDefinition {
  return Object.fromEntries(
    service.methods.map((method) => [
      method.localName,
      {
        ...methodDefinition(method),
        ...(!streamsRequests(method) && { requestDeserialize: (bytes: Buffer): unknown => bytes }),
      },
    ]),
  );
}
