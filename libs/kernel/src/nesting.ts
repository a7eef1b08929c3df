/** Maximum number of messages inside each other that a service reads, as in protobuf-es. */
export const MAX_MESSAGE_DEPTH = 100;

/**
 * Maximum number of objects and lists inside each other in free-form JSON. Each is two messages inside each other;
 * four are left for the message around them.
 */
export const MAX_JSON_DEPTH = (MAX_MESSAGE_DEPTH - 4) / 2;
