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
};

function parameterMessage(parameter: MethodParameter): MessageInitShape<typeof MethodParameterSchema> {
  const { name, title, help, type } = parameter;
  const common = { name, title, help, type: TYPES[type], default: valueMessage(parameter.default) };
  if (parameter.type === 'choice') return { ...common, choices: [...parameter.choices] };
  const { minimum, maximum, step, automatic = '' } = parameter;
  return { ...common, minimum, maximum, step, automatic };
}

const valueMessage = (value: number | string): MessageInitShape<typeof ValueSchema> => ({
  kind: typeof value === 'number' ? { case: 'numberValue', value } : { case: 'stringValue', value },
});
