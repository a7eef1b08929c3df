import { type DescMessage, isFieldSet, type MessageShape } from '@bufbuild/protobuf';
import type { FieldMask } from '@bufbuild/protobuf/wkt';
import { DomainError } from '@noema/kernel';

const invalid = (reason: string, field: string, message: string): DomainError =>
  new DomainError('invalid', reason, message, { violations: [{ field, description: message }] });

/**
 * Returns the fields that an Update request changes, by their TypeScript names: the fields of `update_mask`
 * (proto names, top level), or without a mask the fields that are set: for fields with presence also to
 * false, 0 or nothing. `*` means all fields that can be
 * changed. Throws `invalid` UPDATE_MASK_INVALID for an unknown or immutable field, UPDATE_EMPTY if the
 * resource is missing.
 */
export function parseChanges<S extends DescMessage, K extends keyof MessageShape<S> & string>(
  schema: S,
  resource: MessageShape<S> | undefined,
  mask: FieldMask | undefined,
  changeable: readonly K[],
): Partial<Pick<MessageShape<S>, K>> {
  const names = new Map(schema.fields.map((f) => [f.name, f.localName] as const));
  const fields = schema.fields.filter((f) => changeable.includes(f.localName as K));
  const known = fields.map((f) => f.name);
  if (resource === undefined)
    throw invalid(
      'UPDATE_EMPTY',
      schema.name,
      `the request has no ${schema.name}; send it with its id and the new values`,
    );
  const asked = (mask?.paths ?? []).flatMap((path) => {
    if (path === '*') return [...changeable];
    const local = names.get(path) as K | undefined;
    if (local === undefined || !changeable.includes(local))
      throw invalid(
        'UPDATE_MASK_INVALID',
        'update_mask',
        `"${path}" of ${schema.name} cannot be changed; these can: ${known.join(', ')}`,
      );
    return [local];
  });
  const set = fields.filter((field) => isFieldSet(resource, field)).map((field) => field.localName as K);
  const changed = asked.length > 0 ? asked : set;
  return Object.fromEntries(changed.map((name) => [name, resource[name]])) as Partial<
    Pick<MessageShape<S>, K>
  >;
}
