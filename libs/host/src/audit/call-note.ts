import { AsyncLocalStorage } from 'node:async_hooks';
import { type DescField, type DescMessage, type DescMethod, type Message } from '@bufbuild/protobuf';
import { reflect, type ReflectMessage } from '@bufbuild/protobuf/reflect';

/** Audit information about the current call. */
export interface CallNote {
  readonly teamId: string;
  readonly subject: string;
  /** Full name of the RPC. */
  readonly action: string;
  /** Type and id of the changed resource, known from the request, or once the command has created it. */
  resource: string;
  readonly details: Readonly<Record<string, string>>;
  recorded: boolean;
}

const notes = new AsyncLocalStorage<CallNote>();

export const currentNote = (): CallNote | undefined => notes.getStore();
export const withNote = <T>(note: CallNote, work: () => T): T => notes.run(note, work);

/** Records which resource the current call has created. */
export function noteMade(output: DescMessage, response: object): void {
  const note = notes.getStore();
  const made = note && resourceIn(output, response);
  if (note !== undefined && made !== undefined) note.resource = made;
}

/** Fields whose ids are a location, not the resource itself. */
const PLACES = new Set(['project_id', 'team_id', 'request_id']);
const LOGGED = new Set(['project_id', 'display_name', 'name', 'run_id', 'dataset_version_id', 'epoch']);

/**
 * Returns the resource that a request changes and the request's values for the log: short ones, and never a
 * secret.
 */
export function toNote(
  method: DescMethod,
  request: Message | AsyncIterable<Message>,
): Pick<CallNote, 'resource' | 'details' | 'action'> {
  const action = `${method.parent.typeName}/${method.name}`;
  if (Symbol.asyncIterator in request) return { action, resource: '', details: {} };
  const message = reflect(method.input, request);
  const ids = method.input.fields.filter((f) => f.name.endsWith('_id') && !PLACES.has(f.name));
  const id = ids
    .map((f) => [f.name.slice(0, -3), scalar(message, f)] as const)
    .find(([, value]) => value !== '');
  const details = { ...changedIn(method.input, request), ...loggedIn(method.input, request) };
  return {
    action,
    details,
    resource: id === undefined ? (resourceIn(method.input, request) ?? '') : id.join('/'),
  };
}

/** Returns `run/0198…` for the first message field that has an id. */
function resourceIn(schema: DescMessage, message: object): string | undefined {
  const found = findResource(schema, message);
  return found && `${found.name}/${found.resource.id}`;
}

interface Resource {
  readonly id: string;
}

function findResource(
  schema: DescMessage,
  message: object,
): { readonly name: string; readonly type: DescMessage; readonly resource: Resource } | undefined {
  for (const field of schema.fields) {
    if (field.fieldKind !== 'message') continue;
    const value = (message as Record<string, unknown>)[field.localName] as Partial<Resource> | undefined;
    if (typeof value?.id === 'string' && value.id !== '')
      return { name: field.name, type: field.message, resource: value as Resource };
  }
  return undefined;
}

/** Returns what an update gives the fields of its resource that its mask names; without a mask, all fields. */
function changedIn(schema: DescMessage, request: Message): Record<string, string> {
  const { updateMask } = request as { readonly updateMask?: { readonly paths: readonly string[] } };
  const found = schema.field['updateMask'] && findResource(schema, request);
  if (found === undefined) return {};
  const paths = updateMask?.paths ?? [];
  const isChanged = (name: string): boolean =>
    paths.length === 0 || paths.includes('*') || paths.includes(name);
  return loggedIn(found.type, found.resource as unknown as Message, isChanged);
}

/** Returns the values of a message for the log: the fields of `LOGGED` that are set, at most 200 characters each. */
function loggedIn(
  schema: DescMessage,
  values: Message,
  isLogged: (name: string) => boolean = () => true,
): Record<string, string> {
  const message = reflect(schema, values);
  return Object.fromEntries(
    schema.fields
      .filter(({ name }) => LOGGED.has(name) && isLogged(name))
      .map((field) => [field.name, scalar(message, field).slice(0, 200)] as const)
      .filter(([, value]) => value !== ''),
  );
}

function scalar(message: ReflectMessage, field: DescField): string {
  if (field.fieldKind !== 'scalar') return '';
  const value: unknown = message.get(field);
  return typeof value === 'string' || (typeof value === 'number' && value !== 0) ? String(value) : '';
}
