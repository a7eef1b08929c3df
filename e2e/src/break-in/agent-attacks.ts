import { hostileStrings } from './hostile-strings.js';

interface ListedTool {
  readonly name: string;
  readonly inputSchema: {
    readonly properties: Readonly<Record<string, { readonly type?: string; readonly enum?: unknown }>>;
    readonly required?: readonly string[];
  };
}

/** A call of a tool with one hostile argument. */
export interface HostileToolCall {
  readonly tool: string;
  readonly field: string;
  readonly what: string;
  readonly message: object;
}

/** Kinds for which `find` reads an argument; it refuses the argument for others. */
const FIND_KINDS: Readonly<Record<string, string>> = { run: 'maps', dataset: 'slices' };

const message = (method: string, params: object): object => ({ jsonrpc: '2.0', id: 1, method, params });

/** A message that any caller may send who may call tools. */
export const LIST_TOOLS = message('tools/list', {});

/** Sends a message to `/mcp` as the transport of the protocol does. */
export const sendMessage = (url: string, token: string | undefined, body: object): Promise<Response> =>
  fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(120_000),
  });

/** Every text argument of every tool, with every hostile text; a tool takes its other arguments from `given`. */
export async function hostileToolCalls(
  { url, token, trap }: { readonly url: string; readonly token: string; readonly trap: string },
  given: Readonly<Record<string, unknown>>,
): Promise<HostileToolCall[]> {
  const text = await (await sendMessage(url, token, LIST_TOOLS)).text();
  const { tools } = (
    JSON.parse(text.slice(text.indexOf('{'))) as { result: { tools: readonly ListedTool[] } }
  ).result;
  return tools.flatMap(({ name: tool, inputSchema: { properties } }) => {
    const usual = Object.fromEntries(
      Object.entries(given).filter(([field]) => field in properties && tool !== 'find'),
    );
    const texts = Object.entries(properties).filter(
      ([, { type, enum: values }]) => type === 'string' && !values,
    );
    return texts.flatMap(([field]) =>
      Object.entries(hostileStrings(trap)).map(([what, hostile]) => {
        const kind = tool === 'find' ? FIND_KINDS[field] : undefined;
        const args = { ...usual, ...(kind !== undefined && { kind }), [field]: hostile };
        return { tool, field, what, message: message('tools/call', { name: tool, arguments: args }) };
      }),
    );
  });
}
