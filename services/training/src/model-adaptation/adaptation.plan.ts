import { compareClassNames, listClassNames } from '@noema/kernel';
import type { Adaptation } from '@noema/importers';
import type { DatasetVersionInfo } from '@noema/population';
import type { TensorSpec } from '../model/model.js';
import { adaptationMisfit, nothingToAdapt } from './model-adaptation.errors.js';
import type { AdaptationRequest } from './model-adaptation.js';

type Data = Pick<DatasetVersionInfo, 'classNames' | 'groundTruths'>;

/**
 * The adaptation that a request and the data ask for. Throws `invalid` MODEL_ADAPTATION_INVALID for data without
 * classes and numbers, with other classes than an order can be given of, or for an order that is not of the classes
 * of the data; `precondition` NOTHING_TO_ADAPT for classes in the same order.
 */
export function planAdaptation(
  request: AdaptationRequest,
  outputs: readonly TensorSpec[],
  data: Data,
): Adaptation {
  const output = request.output === '' ? outputs[0] : outputs.find(({ name }) => name === request.output);
  if (output === undefined)
    throw adaptationMisfit(
      'output',
      `the model has no output "${request.output}"; it has ${outputs.map(({ name }) => name).join(', ')}`,
    );
  const own = output.classNames ?? [];
  const compared = compareClassNames(own, data.classNames);
  const isStated = request.classes.length > 0;
  const kind = request.kind ?? (compared === 'reordered' || isStated ? 'order' : 'head');
  if (kind === 'head') {
    if (isStated)
      throw adaptationMisfit('classes', 'a new head has the classes of the data; leave the order out');
    return newHead(request, output.name, data);
  }
  if (isStated) return statedOrder(request.classes, output, data);
  if (own.length === 0)
    throw adaptationMisfit(
      'kind',
      `output "${output.name}" states no names of classes; state the class of the data that each of its numbers ` +
        'stands for',
    );
  if (compared === 'different')
    throw adaptationMisfit(
      'kind',
      `output "${output.name}" has other names of classes than the data; state the class of the data that each of ` +
        'its numbers stands for, or replace its head',
    );
  if (compared !== 'reordered') throw nothingToAdapt(output.name);
  return {
    kind: 'order',
    output: output.name,
    order: data.classNames.map((name) => own.indexOf(name)),
    classNames: data.classNames,
  };
}

/** The order that a request states. Its classes become the names of the output. */
function statedOrder(
  classes: readonly string[],
  { name: output, dims, classNames: own = [] }: TensorSpec,
  { classNames }: Data,
): Adaptation {
  const [known, position] = [new Set(classNames), new Map(classes.map((name, i) => [name, i]))];
  const unknown = classes.find((name) => !known.has(name));
  if (unknown !== undefined)
    throw adaptationMisfit(
      'classes',
      `the data have no class "${unknown}"; they have ${listClassNames(classNames)}`,
    );
  const twice = classes.find((name, i) => position.get(name) !== i);
  if (twice !== undefined)
    throw adaptationMisfit('classes', `the class "${twice}" appears twice; give each class once`);
  const missing = classNames.find((name) => !position.has(name));
  if (missing !== undefined)
    throw adaptationMisfit('classes', `the class "${missing}" of the data is missing; give each class once`);
  const width = dims.at(-1) ?? 1;
  if (width !== classes.length)
    throw adaptationMisfit(
      'classes',
      `output "${output}" gives ${width} numbers for ${classes.length} classes; replace its head instead`,
    );
  if (compareClassNames(own, classes) === 'equal' && classes.every((name, i) => name === classNames[i]))
    throw nothingToAdapt(output);
  return { kind: 'order', output, order: classNames.map((name) => position.get(name)!), classNames };
}

function newHead(
  { afterLayer, activation }: AdaptationRequest,
  output: string,
  { classNames, groundTruths: [truth] }: Data,
): Adaptation {
  const isClasses = classNames.length > 0;
  if (!isClasses && truth === undefined)
    throw adaptationMisfit('dataset_version_id', 'the data have neither classes nor ground truth');
  if (truth !== undefined && truth.dims.length > 1)
    throw adaptationMisfit(
      'dataset_version_id',
      `the ground truth "${truth.name}" is [${truth.dims.join(', ')}]; a new head gives one vector for a sample`,
    );
  return {
    kind: 'head',
    output,
    ...(afterLayer === '' ? {} : { after: afterLayer }),
    units: isClasses ? classNames.length : (truth!.dims[0] ?? 1),
    activation: activation ?? (isClasses ? 'softmax' : 'linear'),
    classNames,
  };
}
