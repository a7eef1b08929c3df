import type { MessageInitShape } from '@bufbuild/protobuf';
import { artifactRefMessage, findSplit, splitMessage, taskMessage } from '@noema/contracts';
import type { HttpBodySchema } from '@noema/contracts/google/api/httpbody';
import type {
  AnalysisSchema,
  AnalysisSettings as AnalysisSettingsMessage,
} from '@noema/contracts/noema/explanations/v1/analysis';
import {
  HeatMapAlgorithm,
  type HeatMapSchema,
  TargetKind,
} from '@noema/contracts/noema/explanations/v1/heat_map';
import type { SampleRef } from '@noema/contracts/noema/type/v1/sample_ref';
import { jobResourceMessage } from '@noema/jobs';
import { MethodNumbers, type SampleAddress } from '@noema/kernel';
import { explainers } from '../explainers/explainer.registry.js';
import { beatsRandom } from '../heat-map/faithfulness.js';
import type { HeatMapFile } from '../heat-map/heat-map.file.js';
import { settingInvalid } from './analysis.errors.js';
import type { Analysis, HeatMapEntry, HeatMapTarget } from './analysis.js';
import type { RequestedSettings } from './analysis.settings.js';

/** Numbers of the methods that draw heat maps. */
export const heatMapNumbers = new MethodNumbers<HeatMapAlgorithm>(
  {
    'grad-cam': HeatMapAlgorithm.GRAD_CAM,
    'grad-cam-plus-plus': HeatMapAlgorithm.GRAD_CAM_PLUS_PLUS,
    'layer-cam': HeatMapAlgorithm.LAYER_CAM,
    'gradient-times-input': HeatMapAlgorithm.GRADIENT_TIMES_INPUT,
    'integrated-gradients': HeatMapAlgorithm.INTEGRATED_GRADIENTS,
    'smooth-grad': HeatMapAlgorithm.SMOOTH_GRAD,
    'loss-gradient': HeatMapAlgorithm.LOSS_GRADIENT,
    occlusion: HeatMapAlgorithm.OCCLUSION,
    rise: HeatMapAlgorithm.RISE,
    'shared-area': HeatMapAlgorithm.SHARED_AREA,
  },
  { number: 'algorithms', key: 'methods' },
  HeatMapAlgorithm.UNSPECIFIED,
);

/** The numbers of those methods that have one. */
const algorithmMessages = (keys: readonly string[]): HeatMapAlgorithm[] =>
  keys.map((key) => heatMapNumbers.number(key)).filter((number) => number !== HeatMapAlgorithm.UNSPECIFIED);

/** The sample of a request. Throws `invalid` ANALYSIS_SETTING_INVALID when split or id is missing. */
export function parseAddress(ref: SampleRef | undefined, field: string): SampleAddress {
  const split = ref && findSplit(ref.split);
  if (ref === undefined || split === undefined || ref.sampleId === '')
    throw settingInvalid(field, 'names no sample; give split and sample_id');
  return { split, sampleId: ref.sampleId };
}

/** Settings of a request. A number that no method has becomes its digits, which the registry refuses. */
export function parseSettings(message: AnalysisSettingsMessage | undefined): RequestedSettings {
  if (message === undefined) return {};
  const { classes, layer, unitsPerLayer, allClasses, methods, output } = message;
  const numbered = message.algorithms.map((algorithm) => heatMapNumbers.key(algorithm, '') ?? 'grad-cam');
  return { classes, algorithms: [...numbered, ...methods], layer, unitsPerLayer, allClasses, output };
}

/** An analysis as the API shows it. */
export function analysisMessage(analysis: Analysis): MessageInitShape<typeof AnalysisSchema> {
  const { source, settings, contents } = analysis;
  const { projectId, runId, epoch, datasetVersionId, sample } = source;
  return {
    ...jobResourceMessage(analysis),
    projectId,
    runId,
    epoch,
    datasetVersionId,
    row: sample.row,
    sample: { split: splitMessage(sample.split), sampleId: sample.sampleId },
    settings: {
      classes: [...settings.classes],
      algorithms: algorithmMessages(settings.algorithms),
      methods: [...settings.algorithms],
      layer: settings.layer,
      unitsPerLayer: settings.unitsPerLayer,
      allClasses: settings.allClasses ?? false,
      output: settings.output ?? '',
    },
    task: taskMessage(source.task),
    hasLoss: contents?.loss !== undefined,
    trueClass: contents?.trueClass ?? -1,
    predictedClass: contents?.predictedClass ?? -1,
    ...(contents && {
      loss: contents.loss ?? 0,
      predictions: [...(contents.predictions ?? [])],
      scores: contents.scores.map((score) => ({ ...score })),
      heatMaps: contents.heatMaps.map(heatMapMessage),
      fallbacks: (contents.fallbacks ?? []).map(({ asked, used, reason }) => ({
        asked: heatMapNumbers.number(asked),
        used: algorithmMessages(used),
        askedMethod: asked,
        usedMethods: [...used],
        reason,
      })),
      layers: contents.layers.map(({ layer, kind, positionDims, units }) => ({
        layer,
        kind,
        positionDims: [...positionDims],
        units: units.map((unit) => ({ ...unit })),
      })),
    }),
  };
}

/** A heat map as the API shows it. */
export const heatMapMessage = ({
  id,
  target,
  algorithm,
  signed = explainers.find(algorithm)?.facts.signed ?? true,
  layer,
  dims,
  faithfulness,
  values,
  picture,
  peak,
  completenessGap,
}: HeatMapEntry): MessageInitShape<typeof HeatMapSchema> => ({
  id,
  algorithm: heatMapNumbers.number(algorithm),
  method: algorithm,
  signed,
  layer,
  dims: [...dims],
  target: targetToMessage(target),
  ...(faithfulness && { faithfulness: { ...faithfulness, ...beatsRandom(faithfulness) } }),
  ...(peak !== undefined && { peak }),
  ...(completenessGap !== undefined && { completenessGap }),
  values: artifactRefMessage(values),
  picture: artifactRefMessage(picture),
});

/** A file of a heat map as a body, with its tag. */
export const heatMapBody = ({
  bytes,
  sha256,
  mediaType,
}: HeatMapFile): { body: MessageInitShape<typeof HttpBodySchema>; etag: string } => ({
  body: { contentType: mediaType, data: bytes },
  etag: sha256,
});

function targetToMessage(target: HeatMapTarget): MessageInitShape<typeof HeatMapSchema>['target'] & object {
  if (target.kind === 'class')
    return { kind: TargetKind.CLASS, classIndex: target.classIndex, className: target.className };
  if (target.kind === 'output') return { kind: TargetKind.OUTPUT, classIndex: target.output, className: '' };
  return {
    kind: target.kind === 'loss' ? TargetKind.LOSS : TargetKind.SIMILARITY,
    classIndex: -1,
    className: '',
  };
}
