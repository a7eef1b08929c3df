import { create, fromJson, type JsonValue, toJson } from '@bufbuild/protobuf';
import { jsonPieces } from '@noema/kernel';
import type { CallContext } from '@noema/grpc';
import { type AnyDatabase, idempotent } from '@noema/postgres';
import { noteMade } from './audit/call-note.js';
import { canonicalJson } from './canonical-json.js';

/** Runs the commands of a service, each once per `request_id`. */
export class Commands {
  constructor(private readonly db: AnyDatabase) {}

  /**
   * Runs a command in one transaction of the caller's team. The same `request_id` with the same request
   * returns the first response; with another request it throws `exists` REQUEST_ID_REUSED. Response fields
   * named in `forget` are secrets: they are not stored, so a retry returns them empty.
   */
  async run<R extends object>(
    ctx: CallContext,
    request: { readonly requestId: string },
    work: () => Promise<R>,
    options: { readonly teamId?: string; readonly forget?: readonly string[] } = {},
  ): Promise<R> {
    const { input, output } = ctx.method;
    let first: R | undefined;
    const kept = await idempotent<JsonValue>(
      this.db,
      {
        teamId: options.teamId ?? ctx.principal.teamId,
        method: `${ctx.method.parent.typeName}/${ctx.method.name}`,
        requestId: request.requestId,
        text: () => jsonPieces(canonicalJson(input, { ...request, requestId: '' })),
      },
      async () => {
        first = await work();
        noteMade(output, first);
        const secrets = Object.fromEntries((options.forget ?? []).map((field) => [field, undefined]));
        return toJson(output, create(output, { ...first, ...secrets }));
      },
    );
    return first ?? (fromJson(output, kept) as unknown as R);
  }
}
