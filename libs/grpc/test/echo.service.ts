import { create, createFileRegistry, type DescMessage, setExtension } from '@bufbuild/protobuf';
import type { GenService } from '@bufbuild/protobuf/codegenv2';
import {
  FileDescriptorProtoSchema,
  file_google_protobuf_wrappers,
  Int32ValueSchema,
  MethodDescriptorProtoSchema,
  MethodOptionsSchema,
  StringValueSchema,
  type Int32Value,
  type StringValue,
} from '@bufbuild/protobuf/wkt';
import { Access, access, file_noema_type_v1_access } from '@noema/contracts/noema/type/v1/access';
import { type CallContext, GrpcService, type Handlers } from '../src/index.js';

type Text = typeof StringValueSchema;
type Int = typeof Int32ValueSchema;

const rpc = (
  name: string,
  input: DescMessage,
  output: DescMessage,
  level: Access,
  stream: { readonly client?: boolean; readonly server?: boolean } = {},
) => {
  const options = create(MethodOptionsSchema);
  if (level !== Access.UNSPECIFIED) setExtension(options, access, level);
  return create(MethodDescriptorProtoSchema, {
    name,
    inputType: `.${input.typeName}`,
    outputType: `.${output.typeName}`,
    options,
    clientStreaming: stream.client ?? false,
    serverStreaming: stream.server ?? false,
  });
};

const makeService = (name: string, methods: ReturnType<typeof rpc>[]) => {
  const proto = create(FileDescriptorProtoSchema, {
    name: `test/${name}.proto`,
    package: 'test',
    syntax: 'proto3',
    dependency: ['google/protobuf/wrappers.proto', 'noema/type/v1/access.proto'],
    service: [{ name, method: methods }],
  });
  const known: Record<string, typeof file_google_protobuf_wrappers> = {
    'google/protobuf/wrappers.proto': file_google_protobuf_wrappers,
    'noema/type/v1/access.proto': file_noema_type_v1_access,
  };
  return createFileRegistry(proto, (path) => known[path]).getService(`test.${name}`)!;
};

/** A service with every kind of RPC and every access, described without a proto file. */
export const Echo = makeService('Echo', [
  rpc('Hello', StringValueSchema, StringValueSchema, Access.PUBLIC),
  rpc('Say', StringValueSchema, StringValueSchema, Access.VIEWER),
  rpc('Change', StringValueSchema, StringValueSchema, Access.EDITOR),
  rpc('Rule', StringValueSchema, StringValueSchema, Access.ADMIN),
  rpc('Serve', StringValueSchema, StringValueSchema, Access.SERVICE),
  rpc('Count', Int32ValueSchema, StringValueSchema, Access.VIEWER, { server: true }),
  rpc('Sum', Int32ValueSchema, Int32ValueSchema, Access.VIEWER, { client: true }),
  rpc('Chat', StringValueSchema, StringValueSchema, Access.VIEWER, { client: true, server: true }),
]) as unknown as GenService<{
  hello: { methodKind: 'unary'; input: Text; output: Text };
  say: { methodKind: 'unary'; input: Text; output: Text };
  change: { methodKind: 'unary'; input: Text; output: Text };
  rule: { methodKind: 'unary'; input: Text; output: Text };
  serve: { methodKind: 'unary'; input: Text; output: Text };
  count: { methodKind: 'server_streaming'; input: Int; output: Text };
  sum: { methodKind: 'client_streaming'; input: Int; output: Int };
  chat: { methodKind: 'bidi_streaming'; input: Text; output: Text };
}>;

/** A service whose only RPC forgot its access. */
export const Careless = makeService('Careless', [
  rpc('Leak', StringValueSchema, StringValueSchema, Access.UNSPECIFIED),
]) as unknown as GenService<{
  leak: { methodKind: 'unary'; input: Text; output: Text };
}>;

type Unary = (req: StringValue, ctx: CallContext) => { value: string } | Promise<{ value: string }>;

/** Serves Echo; a test replaces `onSay` and watches what `count` did. */
@GrpcService(Echo)
export class EchoController implements Handlers<typeof Echo> {
  onSay: Unary = (req) => ({ value: req.value });
  /** Bytes of each row that `count` sends. */
  rowBytes = 10;
  sent = 0;
  ended: Promise<void> = Promise.resolve();

  say(req: StringValue, ctx: CallContext) {
    return this.onSay(req, ctx);
  }
  hello(req: StringValue) {
    return { value: `hello ${req.value}` };
  }
  change(_: StringValue, ctx: CallContext) {
    return { value: ctx.principal.subject };
  }
  rule(_: StringValue, ctx: CallContext) {
    return { value: ctx.principal.teamId };
  }
  serve(_: StringValue, ctx: CallContext) {
    return { value: ctx.principal.role };
  }

  async *count(req: Int32Value, ctx: CallContext) {
    let finish = (): void => undefined;
    this.ended = new Promise((ok) => {
      finish = ok;
    });
    this.sent = 0;
    try {
      for (let i = 0; i < req.value && !ctx.signal.aborted; i++) {
        this.sent++;
        yield { value: String(i).padEnd(this.rowBytes, '.') };
      }
    } finally {
      finish();
    }
  }

  async sum(requests: AsyncIterable<Int32Value>) {
    let value = 0;
    for await (const r of requests) value += r.value;
    return { value };
  }

  async *chat(requests: AsyncIterable<StringValue>) {
    for await (const r of requests) yield { value: r.value.toUpperCase() };
  }
}
