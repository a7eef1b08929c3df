import { type Method, type MethodParameter, ParameterType } from '@noema/contracts/noema/methods/v1/method';

/** The value that is used when a request gives none. */
export const defaultValue = ({
  default: standard,
}: MethodParameter): number | string | boolean | undefined =>
  standard?.kind.case === 'numberValue' ||
  standard?.kind.case === 'stringValue' ||
  standard?.kind.case === 'boolValue'
    ? standard.kind.value
    : undefined;

/** Returns the form field of a number. */
export function numberField(parameter: MethodParameter) {
  const { title, help, minimum, maximum, step, type, automatic } = parameter;
  const standard = defaultValue(parameter);
  return {
    label: title,
    description: help,
    ...(minimum !== undefined && { min: minimum }),
    ...(maximum !== undefined && { max: maximum }),
    step,
    allowDecimal: type === ParameterType.NUMBER,
    allowNegative: (minimum ?? -1) < 0,
    placeholder: automatic || String(standard),
    /** The value of the field before anything is typed: empty where the platform chooses. */
    initial: automatic === '' && typeof standard === 'number' ? standard : '',
  };
}

/** Returns the form field of a choice. */
export const choiceField = (parameter: MethodParameter) => ({
  label: parameter.title,
  description: parameter.help,
  data: parameter.choices.map((choice) => ({ value: choice.value, label: choice.title })),
  initial: String(defaultValue(parameter)),
});

/** Whether one of a few values is chosen, not a number. */
export const isChoice = ({ type }: MethodParameter): boolean => type === ParameterType.CHOICE;

/** Summary of an algorithm in one sentence, with its publication. */
export const methodHelp = (method: Pick<Method, 'summary' | 'reference'> | undefined): string =>
  method === undefined || method.reference === ''
    ? (method?.summary ?? '')
    : method.summary.replace(/\.$/, ` (${method.reference}).`);

/** The options of a form for some methods, and for further keys that they do not have. */
export const methodOptions = (
  methods: readonly Pick<Method, 'key' | 'title'>[],
  others: readonly string[],
): { value: string; label: string }[] => [
  ...methods.map(({ key, title }) => ({ value: key, label: title })),
  ...others
    .filter((key) => key !== '' && methods.every((method) => method.key !== key))
    .map((key) => ({ value: key, label: key })),
];
