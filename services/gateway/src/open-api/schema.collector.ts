import { type DescEnum, type DescField, type DescMessage, getOption, ScalarType } from '@bufbuild/protobuf';
import { field_behavior, FieldBehavior } from '@noema/contracts/google/api/field_behavior';

/** A JSON schema of draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const INTEGER: JsonSchema = { type: 'integer', format: 'int32' };
const LONG: JsonSchema = {
  type: 'string',
  pattern: '^-?[0-9]+$',
  description: 'A 64-bit integer in decimal digits.',
};
const NUMBER: JsonSchema = { type: 'number', format: 'double' };

const SCALARS: Readonly<Record<ScalarType, JsonSchema>> = {
  [ScalarType.DOUBLE]: NUMBER,
  [ScalarType.FLOAT]: { type: 'number', format: 'float' },
  [ScalarType.INT64]: LONG,
  [ScalarType.UINT64]: LONG,
  [ScalarType.FIXED64]: LONG,
  [ScalarType.SFIXED64]: LONG,
  [ScalarType.SINT64]: LONG,
  [ScalarType.INT32]: INTEGER,
  [ScalarType.SINT32]: INTEGER,
  [ScalarType.SFIXED32]: INTEGER,
  [ScalarType.UINT32]: { type: 'integer', minimum: 0 },
  [ScalarType.FIXED32]: { type: 'integer', minimum: 0 },
  [ScalarType.BOOL]: { type: 'boolean' },
  [ScalarType.STRING]: { type: 'string' },
  [ScalarType.BYTES]: { type: 'string', contentEncoding: 'base64' },
};

/** Messages whose JSON is not an object of their fields. */
const WELL_KNOWN: Readonly<Record<string, JsonSchema>> = {
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  'google.protobuf.Duration': { type: 'string', pattern: '^-?[0-9]+(\\.[0-9]+)?s$' },
  'google.protobuf.FieldMask': {
    type: 'string',
    description: 'Names of fields in camel case, separated by commas.',
  },
  'google.protobuf.Struct': { type: 'object', additionalProperties: true },
  'google.protobuf.ListValue': { type: 'array' },
  'google.protobuf.Value': {},
  'google.protobuf.Any': { type: 'object' },
};

const behaves = (field: DescField, how: FieldBehavior): boolean =>
  getOption(field, field_behavior).includes(how);

/** True for a field that a request must give. */
export const isRequired = (field: DescField): boolean => behaves(field, FieldBehavior.REQUIRED);

/** The names of those fields that must be given, as JSON schema lists them; nothing where there are none. */
export function listRequired(fields: readonly DescField[]): JsonSchema {
  const required = fields.filter(isRequired).map(({ jsonName }) => jsonName);
  return required.length === 0 ? {} : { required };
}

/** Makes the schemas of messages and enums, and collects the schemas that they refer to. */
export class SchemaCollector {
  /** Schemas by component name: `datasets.v1.Sample`. */
  readonly components: Record<string, JsonSchema> = {};

  constructor(private readonly comments: Readonly<Record<string, string>>) {}

  /** The schema of a field with its comment. */
  ofField(field: DescField): JsonSchema {
    return {
      ...this.toType(field),
      description: this.describe(field),
      ...(behaves(field, FieldBehavior.OUTPUT_ONLY) && { readOnly: true }),
    };
  }

  /** The comment of a field, and which other fields exclude it. */
  describe(field: DescField): string {
    const others = field.oneof?.fields.filter((f) => f !== field).map((f) => `\`${f.jsonName}\``) ?? [];
    const comment = this.comments[`${field.parent.typeName}.${field.name}`] ?? '';
    return others.length === 0 ? comment : `${comment} Excludes ${others.join(', ')}.`;
  }

  /** A reference to the schema of a message, or the schema itself where its JSON is a plain value. */
  ofMessage(message: DescMessage): JsonSchema {
    const plain = WELL_KNOWN[message.typeName];
    if (plain !== undefined) return plain;
    const name = formatName(message);
    if (this.components[name] === undefined) {
      this.components[name] = {}; // before its fields, which may refer to it
      this.components[name] = {
        type: 'object',
        description: this.comments[message.typeName] ?? '',
        properties: this.toProperties(message.fields),
      };
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  toProperties(fields: readonly DescField[]): JsonSchema {
    return Object.fromEntries(fields.map((field) => [field.jsonName, this.ofField(field)]));
  }

  /** The schema of one value: of the field itself, or of an entry of its list. */
  ofItem(field: DescField): JsonSchema {
    if (field.message !== undefined) return this.ofMessage(field.message);
    if (field.enum !== undefined) return this.ofEnum(field.enum);
    return field.scalar === undefined ? {} : SCALARS[field.scalar];
  }

  private toType(field: DescField): JsonSchema {
    if (field.fieldKind === 'list') return { type: 'array', items: this.ofItem(field) };
    if (field.fieldKind === 'map') return { type: 'object', additionalProperties: this.ofItem(field) };
    return this.ofItem(field);
  }

  private ofEnum(desc: DescEnum): JsonSchema {
    const values = desc.values.map(
      (value) => `- \`${value.name}\`: ${this.comments[`${desc.typeName}.${value.name}`] ?? ''}`,
    );
    this.components[formatName(desc)] ??= {
      type: 'string',
      enum: desc.values.map(({ name }) => name),
      description: `${this.comments[desc.typeName] ?? ''}\n\n${values.join('\n')}`,
    };
    return { $ref: `#/components/schemas/${formatName(desc)}` };
  }
}

const formatName = ({ typeName }: DescMessage | DescEnum): string => typeName.replace(/^noema\./, '');
