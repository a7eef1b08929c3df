import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { FieldMask } from '@bufbuild/protobuf/wkt';
import { DomainError } from '@noema/kernel';

const invalid = (reason: string, field: string, message: string): DomainError =>
  new DomainError('invalid', reason, message, { violations: [{ field, description: message }] });

const isSet = (value: unknown): boolean =>
  value !== undefined &&
  value !== '' &&
  value !== 0 &&
  value !== 0n &&
  value !== false &&
  !(Array.isArray(value) && value.length === 0);

/**
 * Returns the fields that an Update request changes, by their TypeScript names: the fields of `update_mask`
 * (proto names, top level), or without a mask the fields that are set. `*` means all fields that can be
 * changed. Throws `invalid` UPDATE_MASK_INVALID for an unknown or immutable field, UPDATE_EMPTY if the
 * resource is missing.
 */
export function changesOf<S extends DescMessage, K extends keyof MessageShape<S> & string>(
  schema: S,
  resource: MessageShape<S> | undefined,
  mask: FieldMask | undefined,
  changeable: readonly K[],
): Partial<Pick<MessageShape<S>, K>> {
  const names = new Map(schema.fields.map((f) => [f.name, f.localName] as const));
  const known = schema.fields.filter((f) => changeable.includes(f.localName as K)).map((f) => f.name);
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
  const changed = asked.length > 0 ? asked : changeable.filter((name) => isSet(resource[name]));
  return Object.fromEntries(changed.map((name) => [name, resource[name]])) as Partial<
    Pick<MessageShape<S>, K>
  >;
}
