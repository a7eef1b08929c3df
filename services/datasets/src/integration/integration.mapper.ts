import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { artifactRefMessage, parseArtifactRef, splitMessage } from '@noema/contracts';
import type {
  IntegrationSchema,
  IntegrationSource as SourceMessage,
  IntegrationSourceSchema,
  PythonInterpreterSchema,
  Wheel as WheelMessage,
} from '@noema/contracts/noema/datasets/v1/integration';
import {
  HandlerRole as Role,
  type IntegrationReportSchema,
} from '@noema/contracts/noema/datasets/v1/integration_report';
import type { HandlerFault, HandlerReport, HandlerRole, IntegrationReport } from '@noema/integration';
import type { PythonDescription } from '../environment/python.description.js';
import type { Wheel } from '../environment/wheel.js';
import { tensorSpecMessage } from '../dataset-version/tensor-spec.mapper.js';
import type { Integration, IntegrationSource } from './integration.js';

const ROLES: Readonly<Record<HandlerRole, Role>> = {
  preprocess: Role.PREPROCESS,
  input: Role.INPUT,
  'ground-truth': Role.GROUND_TRUTH,
  metadata: Role.METADATA,
  visualizer: Role.VISUALIZER,
  prediction: Role.PREDICTION,
  metric: Role.METRIC,
  loss: Role.LOSS,
};

export function parseSource(message: SourceMessage | undefined): IntegrationSource {
  const source = message?.source;
  switch (source?.case) {
    case 'modulePath':
      return { kind: 'module', modulePath: source.value };
    case 'bundle':
      return { kind: 'bundle', bundle: parseArtifactRef(source.value, 'source.bundle') };
    case 'uploadId':
      return { kind: 'upload', uploadId: source.value };
    case 'data':
      return {
        kind: 'data',
        parts: source.value.parts.map((part, i) => parseArtifactRef(part, `source.data.parts[${i}]`)),
        manifest: source.value.manifest,
        texts: source.value.texts,
      };
    case 'objects':
      return { kind: 'objects', runId: source.value.runId, epoch: source.value.epoch };
    case 'mapping':
      return { kind: source.case };
    case undefined:
      return { kind: 'none' };
  }
}

export const integrationMessage = (integration: Integration): MessageInitShape<typeof IntegrationSchema> => ({
  id: integration.id,
  projectId: integration.projectId,
  displayName: integration.displayName,
  digest: integration.digest,
  source: { source: sourceMessage(integration) },
  createTime: timestampFromDate(integration.createTime),
  wheels: integration.wheels.map(({ fileName, sha256, sizeBytes }) => ({
    fileName,
    sha256,
    sizeBytes: BigInt(sizeBytes),
  })),
});

function sourceMessage({
  uploadId,
  objects,
  data,
  bundle,
  modulePath,
}: Integration): NonNullable<MessageInitShape<typeof IntegrationSourceSchema>['source']> {
  if (uploadId !== null) return { case: 'uploadId', value: uploadId };
  if (objects !== undefined)
    return { case: 'objects', value: { runId: objects.runId, epoch: objects.epoch } };
  if (data !== null) return { case: 'data', value: { sizeBytes: BigInt(data.sizeBytes) } };
  return bundle === null
    ? { case: 'modulePath', value: modulePath }
    : { case: 'bundle', value: artifactRefMessage(bundle) };
}

export const toWheel = ({
  fileName,
  sha256,
  parts,
}: WheelMessage): Pick<Wheel, 'fileName' | 'sha256' | 'parts'> => ({
  fileName,
  sha256,
  parts: parts.map((part, i) => parseArtifactRef(part, `wheels.parts[${i}]`)),
});

export const pythonMessage = ({
  version,
  abi,
  platforms,
  packages,
}: PythonDescription): MessageInitShape<typeof PythonInterpreterSchema> => ({
  version,
  abi,
  platforms: [...platforms],
  packages: Object.fromEntries(packages),
});

export const reportMessage = (
  report: IntegrationReport,
): MessageInitShape<typeof IntegrationReportSchema> => ({
  passed: report.passed,
  summary: report.summary,
  classNames: [...report.classNames],
  splitCounts: { ...report.splitCounts },
  handlers: report.handlers.map(toHandler),
});

const toHandler = ({ name, role, spec, returned, checked, milliseconds, faults }: HandlerReport) => ({
  name,
  role: ROLES[role],
  returned,
  checked,
  milliseconds,
  faults: faults.map(toFault),
  ...(spec === undefined ? {} : { spec: tensorSpecMessage(spec) }),
});

const toFault = ({
  reason,
  message,
  metadata,
  sample,
  samples,
  file = '',
  line = 0,
  column = 0,
}: HandlerFault) => ({
  fault: { reason, message, metadata: { ...metadata } },
  file,
  line,
  column,
  samples,
  ...(sample === undefined ? {} : { sample: { split: splitMessage(sample.split), sampleId: sample.id } }),
});
