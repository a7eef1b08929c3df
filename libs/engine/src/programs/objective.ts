import { lossHead, lossParameters } from '@noema/autodiff';
import { DomainError } from '@noema/kernel';
import type { CompiledModel, ModelOutput } from '@noema/layers';
import type { GraphBuilder } from '@noema/onnx';

/** The loss of one output. */
export interface LossSpec {
  /** Keras name, such as `categorical_crossentropy`. */
  readonly loss: string;
  /** Its parameters under their Keras names. */
  readonly parameters?: Readonly<Record<string, number>>;
  /** Output that the loss applies to. Default: the first. */
  readonly output?: string;
  /** Weight of the loss in the sum. Default: 1. */
  readonly weight?: number;
}

/** A ground-truth input of a program. */
export interface TargetInput {
  /** Name of the program's input, `target:<output>`. */
  readonly name: string;
  readonly output: string;
  /** Shape of one sample's ground truth. */
  readonly dims: readonly number[];
}

/** The loss of one output in a program. */
export interface OutputLoss {
  readonly output: string;
  /** Tensor of the per-sample loss, [n]. */
  readonly tensor: string;
}

export interface Objective {
  /** Tensor of the per-sample loss, [n]. */
  readonly loss: string;
  /** Tensors of the weighted loss of each output, [n], in the order of the losses. */
  readonly parts: readonly OutputLoss[];
  readonly targets: readonly TargetInput[];
}

/**
 * The targets that a model needs for its losses. Throws `invalid` LOSS_UNKNOWN, LOSS_PARAMETER_UNKNOWN,
 * OUTPUT_UNKNOWN, LOSS_TWICE.
 */
export function listTargets(model: CompiledModel, losses: readonly LossSpec[]): TargetInput[] {
  const seen = new Set<string>();
  return losses.map((spec) => {
    const output = findOutput(model, spec.output);
    if (seen.has(output.name))
      throw new DomainError(
        'invalid',
        'LOSS_TWICE',
        `output "${output.name}" has two losses; give one for each output`,
      );
    seen.add(output.name);
    const head = lossHead(spec.loss);
    lossParameters(head, spec.parameters);
    return {
      name: `target:${output.name}`,
      output: output.name,
      dims: head.targetDims(output.dims.slice(1) as number[]),
    };
  });
}

/**
 * Writes the weighted sum of the losses behind a model; the targets become inputs. Throws as `listTargets`,
 * and `invalid` LOSS_MISSING without any loss.
 */
export function writeObjective(
  builder: GraphBuilder,
  model: CompiledModel,
  losses: readonly LossSpec[],
): Objective {
  const targets = listTargets(model, losses);
  const parts = losses.map((spec, i) => {
    const { tensor, logits } = findOutput(model, spec.output);
    const target = targets[i]!;
    builder.input(target.name, ['n', ...target.dims]);
    const head = lossHead(spec.loss);
    // The stable form of a loss belongs to one non-linearity.
    const stable = logits !== undefined && fits(head.key, findOutput(model, spec.output));
    const loss = head.write(
      builder,
      { prediction: tensor, target: target.name, ...(stable ? { logits } : {}) },
      lossParameters(head, spec.parameters),
    );
    return spec.weight === undefined || spec.weight === 1
      ? loss
      : builder.op('Mul', [loss, builder.constant(spec.weight)]);
  });
  if (parts.length === 0)
    throw new DomainError(
      'invalid',
      'LOSS_MISSING',
      `model "${model.name}" has no loss; give one for at least one output`,
    );
  return {
    loss: parts.reduce((a, b) => builder.op('Add', [a, b])),
    parts: parts.map((tensor, i) => ({ output: targets[i]!.output, tensor })),
    targets,
  };
}

/** The output with a name, or the first. Throws `invalid` OUTPUT_UNKNOWN. */
export function findOutput({ name: model, outputs }: CompiledModel, name = outputs[0]?.name): ModelOutput {
  const output = outputs.find((o) => o.name === name);
  if (output === undefined)
    throw new DomainError(
      'invalid',
      'OUTPUT_UNKNOWN',
      `model "${model}" has no output "${name}"; it has: ${outputs.map((o) => o.name).join(', ')}`,
    );
  return output;
}

const fits = (loss: string, { nonLinearity }: ModelOutput): boolean =>
  nonLinearity === (loss === 'binary_crossentropy' ? 'sigmoid' : 'softmax');
