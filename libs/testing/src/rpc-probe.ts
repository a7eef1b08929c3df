import type { DescField, DescMessage, DescMethod, DescService } from '@bufbuild/protobuf';
import { type Role, findRoles } from '@noema/auth';
import { createClient, formatPath } from '@noema/grpc';
import { DomainError } from '@noema/kernel';

/** A service and where it listens, `host:port`. */
export interface ServedRpcs {
  readonly service: DescService;
  readonly address: string;
}

/** One RPC that did not answer as it must. */
export interface RpcFinding {
  readonly rpc: string;
  readonly outcome: string;
}

export interface AccessViolation {
  readonly served: readonly ServedRpcs[];
  /** Token of an admin of a team that owns nothing. */
  readonly token: string;
  /**
   * Ids that another team really has, by field name: `{ project_id: '0198…' }`; a message field `project`
   * gets `project_id` as its `id`.
   */
  readonly ids: Readonly<Record<string, string>>;
  /** Further fields, by full name of the RPC, that a request needs to get as far as the look-up. */
  readonly fill?: Readonly<Record<string, object>>;
  /** Hears of each call. */
  readonly onCall?: (rpc: string) => void;
}

/**
 * Calls every RPC that is not public with the given token (none if undefined) and returns the RPCs that did
 * not reject it as unauthenticated. `onCall` receives each call. `isTried` chooses RPCs by their number, from 0.
 */
export async function reachedWithout(
  served: readonly ServedRpcs[],
  token: string | undefined,
  onCall: (rpc: string) => void = () => undefined,
  isTried: (rpc: number) => boolean = () => true,
): Promise<RpcFinding[]> {
  const findings: RpcFinding[] = [];
  let number = 0;
  for (const { rpc, method, call } of listMethods(served, token)) {
    if (findRoles(method) === 'everybody' || !isTried(number++)) continue;
    onCall(rpc);
    const outcome = await awaitOutcome(call, {});
    if (!(outcome instanceof DomainError && outcome.kind === 'unauthenticated'))
      findings.push({ rpc, outcome: describe(outcome) });
  }
  return findings;
}

/**
 * Calls every RPC that the role may not call, with a valid token of that role, and returns the RPCs that did
 * not reject it as forbidden.
 */
export async function reachedAbove(
  served: readonly ServedRpcs[],
  role: Role,
  token: string,
  onCall: (rpc: string) => void = () => undefined,
): Promise<RpcFinding[]> {
  const findings: RpcFinding[] = [];
  for (const { rpc, method, call } of listMethods(served, token)) {
    const roles = findRoles(method);
    if (roles === 'everybody' || roles?.includes(role) === true) continue;
    onCall(rpc);
    const outcome = await awaitOutcome(call, {});
    if (!(outcome instanceof DomainError && outcome.kind === 'forbidden'))
      findings.push({ rpc, outcome: describe(outcome) });
  }
  return findings;
}

/**
 * Sends the requests of `requests` for each RPC with the token. Returns the faults that `judge` finds in the
 * response, the first message of a stream, or the error.
 */
export async function probeRpcs(
  served: readonly ServedRpcs[],
  token: string,
  requests: (method: DescMethod) => Iterable<{ readonly what: string; readonly request: object }>,
  judge: (outcome: unknown, rpc: string, what: string) => string | undefined,
): Promise<RpcFinding[]> {
  const findings: RpcFinding[] = [];
  for (const { rpc, method, call } of listMethods(served, token)) {
    for (const { what, request } of requests(method)) {
      const wrong = judge(await awaitOutcome(call, request), rpc, what);
      if (wrong !== undefined) findings.push({ rpc: `${rpc} ${what}`, outcome: wrong });
    }
  }
  return findings;
}

/** Builds a request of an RPC from ids by the names of its fields, and from `fill`. */
export const requestWith = (
  method: DescMethod,
  ids: AccessViolation['ids'],
  fill: AccessViolation['fill'] = {},
): Record<string, unknown> =>
  merge(foreignFields(method.input, ids), fill[formatPath(method).slice(1)] ?? {}) as Record<string, unknown>;

/**
 * Puts another team's ids into every RPC that takes any. Returns the RPCs that responded with anything but
 * "not found" or an empty list. A request that is rejected as invalid before the look-up is reported too: it
 * proves nothing until `fill` completes it.
 */
export async function reachedByTrespass({
  served,
  token,
  ids,
  fill = {},
  onCall,
}: AccessViolation): Promise<RpcFinding[]> {
  const findings: RpcFinding[] = [];
  for (const { rpc, method, call } of listMethods(served, token)) {
    const foreign = foreignFields(method.input, ids);
    const roles = findRoles(method);
    if (Object.keys(foreign).length === 0 || roles === 'everybody' || roles?.includes('admin') !== true)
      continue;
    onCall?.(rpc);
    const outcome = await awaitOutcome(call, merge(foreign, fill[rpc] ?? {}));
    const refused = outcome instanceof DomainError ? outcome.kind === 'not-found' : isEmpty(method, outcome);
    if (!refused) findings.push({ rpc, outcome: describe(outcome) });
  }
  return findings;
}

type Call = (request: unknown, options?: { timeoutMs?: number }) => Promise<unknown> | AsyncIterable<unknown>;

function* listMethods(
  served: readonly ServedRpcs[],
  token: string | undefined,
): Generator<{ rpc: string; method: DescMethod; call: Call }> {
  for (const { service, address } of served) {
    const client = createClient(service, { address, token });
    for (const method of service.methods)
      yield {
        rpc: formatPath(method).slice(1),
        method,
        call: (client as unknown as Record<string, Call>)[method.localName]!,
      };
    client.close();
  }
}

/** The answer, the first message of a stream (undefined when it ends without one), or the error. */
async function awaitOutcome(call: Call, request: object): Promise<unknown> {
  try {
    const answer = call(request, { timeoutMs: 10_000 });
    if (!(Symbol.asyncIterator in answer)) return await answer;
    for await (const first of answer) return first;
    return undefined;
  } catch (error) {
    return error;
  }
}

function foreignFields(message: DescMessage, ids: AccessViolation['ids']): Record<string, unknown> {
  const fields = message.fields.map((field): [string, unknown] => [
    field.localName,
    foreignValue(field, ids),
  ]);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}

function foreignValue(field: DescField, ids: AccessViolation['ids']): unknown {
  if (field.fieldKind === 'scalar') return ids[field.name];
  if (field.fieldKind === 'list' && field.listKind === 'scalar') {
    const id = ids[field.name.replace(/s$/, '')];
    return id === undefined ? undefined : [id];
  }
  const id = ids[`${field.name}_id`];
  return field.fieldKind === 'message' &&
    id !== undefined &&
    field.message.fields.some((f) => f.name === 'id')
    ? { id }
    : undefined;
}

const merge = (a: Record<string, unknown>, b: object): object =>
  Object.fromEntries(
    Object.entries({ ...a, ...b }).map(([key, value]) => [
      key,
      isPlain(a[key]) && isPlain(value) ? { ...a[key], ...value } : value,
    ]),
  );

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** True when an answer shows nothing: no field is set. */
function isEmpty(method: DescMethod, answer: unknown): boolean {
  if (answer === undefined) return true;
  const values = method.output.fields.map((f) => (answer as Record<string, unknown>)[f.localName]);
  const lists = method.output.fields.some((f) => f.fieldKind === 'list');
  return (
    lists &&
    values.every(
      (v) =>
        v === undefined ||
        v === '' ||
        v === 0 ||
        v === 0n ||
        v === false ||
        (Array.isArray(v) && v.length === 0),
    )
  );
}

function describe(outcome: unknown): string {
  if (outcome instanceof DomainError) return `${outcome.kind} ${outcome.reason}: ${outcome.message}`;
  return outcome instanceof Error
    ? String(outcome)
    : `answered ${JSON.stringify(outcome, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))}`;
}
