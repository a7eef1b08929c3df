import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ValueSchema } from '@bufbuild/protobuf/wkt';
import type { MethodDescriptor, MethodParameter } from '@noema/kernel';
import {
  type MethodParameterSchema,
  type MethodSchema,
  ParameterType,
} from './gen/noema/methods/v1/method_pb.js';

/** Returns the message of a method of the kind, such as `explainer`. */
export const methodMessage = (
  kind: string,
  method: MethodDescriptor,
): MessageInitShape<typeof MethodSchema> => ({
  kind,
  key: method.key,
  title: method.title,
  summary: method.summary,
  reference: method.reference,
  parameters: method.parameters.map(parameterMessage),
  facts: { ...method.facts },
});

const TYPES: Readonly<Record<MethodParameter['type'], ParameterType>> = {
  number: ParameterType.NUMBER,
  integer: ParameterType.INTEGER,
  choice: ParameterType.CHOICE,
  boolean: ParameterType.BOOLEAN,
  numbers: ParameterType.NUMBERS,
};

function parameterMessage(parameter: MethodParameter): MessageInitShape<typeof MethodParameterSchema> {
  const { name, title, help, type } = parameter;
  const common = { name, title, help, type: TYPES[type], default: valueMessage(parameter.default) };
  switch (parameter.type) {
    case 'choice':
      return { ...common, choices: [...parameter.choices] };
    case 'number':
    case 'integer': {
      const { minimum, maximum, above, below, step, automatic = '' } = parameter;
      return { ...common, minimum, maximum, above, below, step, automatic };
    }
    default:
      return common;
  }
}

function valueMessage(value: MethodParameter['default']): MessageInitShape<typeof ValueSchema> {
  switch (typeof value) {
    case 'number':
      return { kind: { case: 'numberValue', value } };
    case 'string':
      return { kind: { case: 'stringValue', value } };
    case 'boolean':
      return { kind: { case: 'boolValue', value } };
    default:
      return { kind: { case: 'listValue', value: { values: value.map(valueMessage) } } };
  }
}
