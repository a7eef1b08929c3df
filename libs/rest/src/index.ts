export type { RestCallOptions, RestClientOptions } from './http-caller.js';
export { findFieldPath } from './field-path.js';
export { fieldInvalid, isSingle } from './field-text.js';
export { type Route, listRoutes } from './http-rule.js';
export { errorOfProblem, type Problem, PROBLEM_MEDIA_TYPE, toProblem } from './problem.js';
export { bindRequest, type RequestParts } from './request-binding.js';
export { encodeRequest, type EncodedRequest } from './request-encoding.js';
export { encodeResponse, isBytes, jsonText, readBytes, type ResponseContent } from './response-encoding.js';
export { createRestClient, type RestClient } from './rest-client.js';
export { type RouteMatch, RouteTable } from './route-table.js';
export {
  decodeEvents,
  encodeEvent,
  EVENT_STREAM,
  HEARTBEAT,
  type ServerSentEvent,
} from './server-sent-events.js';
