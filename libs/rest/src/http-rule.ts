import { type DescField, type DescMethod, getOption, hasOption } from '@bufbuild/protobuf';
import { http } from '@noema/contracts/google/api/annotations';
import type { HttpRule } from '@noema/contracts/google/api/http';
import { resolveField } from './field-path.js';
import { parsePathTemplate, type PathTemplate } from './path-template.js';

/** One HTTP route of an RPC. */
export interface Route {
  readonly method: DescMethod;
  /** `GET`, `POST`, … */
  readonly verb: string;
  readonly template: PathTemplate;
  /** `*`: the body is the whole request; a field: the body is that field; `undefined`: no body. */
  readonly body: '*' | DescField | undefined;
  /** The field of the response to send; `undefined` for the whole response. */
  readonly responseBody: DescField | undefined;
}

/**
 * Returns the routes of an RPC by its `google.api.http` option, the primary one first. Throws Error if the
 * rule refers to a missing field.
 */
export function listRoutes(method: DescMethod): Route[] {
  if (!hasOption(method, http)) return [];
  const rule = getOption(method, http);
  return [rule, ...rule.additionalBindings].map((binding) => toRoute(method, binding));
}

function toRoute(method: DescMethod, rule: HttpRule): Route {
  const [verb, path] = readPattern(method, rule);
  const template = parsePathTemplate(path);
  for (const { fieldPath } of template.variables) {
    const field = resolveField(method.input, fieldPath);
    if (field.fieldKind !== 'scalar' && field.fieldKind !== 'enum')
      throw new Error(`${method.toString()}: {${fieldPath}} is no scalar`);
  }
  return {
    method,
    verb,
    template,
    body: rule.body === '' ? undefined : rule.body === '*' ? '*' : resolveField(method.input, rule.body),
    responseBody: rule.responseBody === '' ? undefined : resolveField(method.output, rule.responseBody),
  };
}

function readPattern(method: DescMethod, { pattern }: HttpRule): [string, string] {
  if (pattern.case === undefined) throw new Error(`${method.toString()}: google.api.http has no pattern`);
  return pattern.case === 'custom'
    ? [pattern.value.kind.toUpperCase(), pattern.value.path]
    : [pattern.case.toUpperCase(), pattern.value];
}
