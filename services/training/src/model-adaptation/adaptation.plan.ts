import { compareClassNames } from '@noema/kernel';
import type { Adaptation } from '@noema/importers';
import type { DatasetVersionInfo } from '@noema/population';
import type { TensorSpec } from '../model/model.js';
import { adaptationMisfit, nothingToAdapt } from './model-adaptation.errors.js';
import type { AdaptationRequest } from './model-adaptation.js';

type Data = Pick<DatasetVersionInfo, 'classNames' | 'groundTruths'>;

/**
 * The adaptation that a request and the data ask for. Throws `invalid` MODEL_ADAPTATION_INVALID for data without
 * classes and numbers, or with other classes than an order can be given of; `precondition` NOTHING_TO_ADAPT for
 * classes in the same order.
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
  const kind = request.kind ?? (compared === 'reordered' ? 'order' : 'head');
  if (kind === 'head') return newHead(request, output.name, data);
  if (own.length === 0)
    throw adaptationMisfit(
      'kind',
      `output "${output.name}" states no names of classes, so none can be put in order`,
    );
  if (compared === 'different')
    throw adaptationMisfit(
      'kind',
      `output "${output.name}" has other classes than the data; replace its head instead`,
    );
  if (compared !== 'reordered') throw nothingToAdapt(output.name);
  return {
    kind: 'order',
    output: output.name,
    order: data.classNames.map((name) => own.indexOf(name)),
    classNames: data.classNames,
  };
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
