/** One event of a `text/event-stream`. */
export interface ServerSentEvent {
  readonly id: string;
  /** `message` for a message of the stream, `problem` for its failure, `end` when it is complete. */
  readonly event: string;
  readonly data: string;
}

export const EVENT_STREAM = 'text/event-stream';

/** Encodes an event as text. */
export function encodeEvent({
  id,
  event,
  data,
}: Partial<ServerSentEvent> & { readonly data: string }): string {
  const head =
    (id === undefined ? '' : `id: ${id}\n`) +
    (event === undefined || event === 'message' ? '' : `event: ${event}\n`);
  return `${head}${data
    .split('\n')
    .map((line) => `data: ${line}\n`)
    .join('')}\n`;
}

/** A comment that keeps the connection open and shows that the server is alive. */
export const HEARTBEAT = ': still here\n\n';

/**
 * Parses the events of a byte stream by the rules of the HTML standard. `undefined` stands for a comment such
 * as a heartbeat.
 */
export async function* decodeEvents(
  bytes: AsyncIterable<Uint8Array>,
): AsyncIterable<ServerSentEvent | undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  let id = '';
  let event = '';
  let data: string[] = [];
  for await (const chunk of bytes) {
    rest += decoder.decode(chunk, { stream: true });
    const held = rest.endsWith('\r') ? '\r' : '';
    const lines = rest.slice(0, rest.length - held.length).split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? '') + held;
    for (const line of lines) {
      if (line.startsWith(':')) yield undefined;
      else if (line !== '') {
        const [, name = line, value = ''] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
        if (name === 'data') data.push(value);
        else if (name === 'event') event = value;
        else if (name === 'id' && !value.includes('\0')) id = value;
      } else if (data.length > 0) {
        yield { id, event: event === '' ? 'message' : event, data: data.join('\n') };
        data = [];
        event = '';
      } else event = '';
    }
  }
}
