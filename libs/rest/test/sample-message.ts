import { create, type DescField, type DescMessage, type Message, ScalarType } from '@bufbuild/protobuf';
import { reflect, type ReflectMessage, scalarZeroValue } from '@bufbuild/protobuf/reflect';
import { FieldMaskSchema, StructSchema, TimestampSchema, ValueSchema } from '@bufbuild/protobuf/wkt';

/**
 * A message with every field set to something that is not its default; of a oneof the first, nested to a
 * depth.
 */
export function sampleMessage(schema: DescMessage, depth = 4): Message {
  if (schema.typeName === TimestampSchema.typeName)
    return create(TimestampSchema, { seconds: 1_795_000_000n, nanos: 120_000_000 });
  if (schema.typeName === FieldMaskSchema.typeName)
    return create(FieldMaskSchema, { paths: ['display_name', 'quota.max_projects'] });
  // At any depth, because a value without a kind is no JSON.
  if (schema.typeName === ValueSchema.typeName)
    return create(ValueSchema, { kind: { case: 'numberValue', value: 0.5 } });
  const message = create(schema);
  if (depth > 0 && schema.typeName !== StructSchema.typeName) {
    const view = reflect(schema, message);
    for (const member of schema.members)
      setField(view, member.kind === 'oneof' ? member.fields[0] : member, depth);
  }
  return schema.typeName === StructSchema.typeName
    ? create(StructSchema, { fields: { rate: { kind: { case: 'numberValue', value: 0.5 } } } })
    : message;
}

function setField(view: ReflectMessage, field: DescField | undefined, depth: number): void {
  if (field === undefined) return;
  if (field.fieldKind === 'list') {
    const list = view.get(field);
    if (field.listKind === 'message')
      list.add(reflect(field.message, sampleMessage(field.message, depth - 1)));
    else for (let i = 1; i <= 2; i++) list.add(field.listKind === 'enum' ? i : scalarSample(field.scalar, i));
  } else if (field.fieldKind === 'map') {
    if (field.mapKind === 'scalar') view.get(field).set('a/b', scalarSample(field.scalar, 1));
  } else if (field.fieldKind === 'message')
    view.set(field, reflect(field.message, sampleMessage(field.message, depth - 1)));
  else view.set(field, field.fieldKind === 'enum' ? 1 : scalarSample(field.scalar, 3));
}

function scalarSample(scalar: ScalarType, n: number): string | number | bigint | boolean | Uint8Array {
  if (scalar === ScalarType.STRING) return `a/b:c d&é%${n}`;
  if (scalar === ScalarType.BYTES) return new Uint8Array([n, 255]);
  if (scalar === ScalarType.BOOL) return true;
  return typeof scalarZeroValue(scalar, false) === 'bigint' ? BigInt(n) : n;
}
