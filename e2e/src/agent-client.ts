import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const MAIN = fileURLToPath(new URL('../../../apps/cli/dist/src/main.js', import.meta.url));

export interface AgentTarget {
  readonly url: string;
  readonly apiKey: string;
  readonly allowWrites?: boolean;
}

/** The answer of a tool. */
export interface ToolAnswer {
  readonly isError: boolean;
  /** Size of the answer as its client receives it, without pictures. */
  readonly bytes: number;
  readonly text: string;
  readonly picture: { readonly mimeType: string; readonly data: string } | undefined;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly empty: { readonly reason: string; readonly next_step: string } | undefined;
  readonly cursor: string | undefined;
}

/** The client of the SDK, connected to `/mcp` of a gateway. */
export const connectHttp = ({ url, apiKey, allowWrites = false }: AgentTarget): Promise<AgentClient> =>
  AgentClient.connect(
    new StreamableHTTPClientTransport(new URL('/mcp', url), {
      requestInit: {
        headers: {
          authorization: `Bearer ${apiKey}`,
          ...(allowWrites && { 'noema-allow-writes': 'true' }),
        },
      },
    }),
  );

/** The client of the SDK, connected to `noema mcp`. */
export const connectStdio = ({ url, apiKey, allowWrites = false }: AgentTarget): Promise<AgentClient> =>
  AgentClient.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [MAIN, '--url', url, 'mcp', ...(allowWrites ? ['--allow-writes'] : [])],
      env: { NOEMA_API_KEY: apiKey },
    }),
  );

/** A client of agents' tools. It validates each answer against the schema that the server lists. */
export class AgentClient {
  private constructor(readonly client: Client) {}

  static async connect(transport: Transport): Promise<AgentClient> {
    const client = new Client({ name: 'noema-test', version: '1' });
    await client.connect(transport);
    await client.listTools();
    return new AgentClient(client);
  }

  async call(name: string, args: Readonly<Record<string, unknown>> = {}): Promise<ToolAnswer> {
    const result = await this.client.callTool({ name, arguments: args });
    const { content, structuredContent, isError = false } = result;
    const texts = content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
    const answer = (structuredContent ?? {}) as Record<string, never>;
    return {
      isError,
      bytes: Buffer.byteLength(JSON.stringify({ texts, structuredContent })),
      text: texts.join('\n'),
      picture: content.find((block) => block.type === 'image'),
      facts: answer['facts'] ?? {},
      items: answer['items'] ?? [],
      empty: answer['empty'],
      cursor: answer['next_cursor'],
    };
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
